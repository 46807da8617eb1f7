--- The server's usage numbers: kept for the status line, shown as text.

local M = {}

---@type table<integer, table> the newest numbers of each client
local latest = {}

---@param client_id integer
---@param usage table the answer to `autogen/usage`
function M.changed(client_id, usage)
  latest[client_id] = usage
  vim.cmd.redrawstatus({ bang = true })
  vim.api.nvim_exec_autocmds("User", { pattern = "AutogenUsage", data = usage })
end

---@param cost table
---@return string
local function dollars(cost)
  local places = cost.amount > 0 and cost.amount < 1 and "%.4f" or "%.2f"
  return (cost.estimated and "≈" or "") .. "$" .. places:format(cost.amount)
end

---@return string
function M.statusline()
  local client = require("autogen").client(vim.api.nvim_get_current_buf())
  local usage = client and latest[client.id]
  if not usage or usage.generations.total == 0 then
    return ""
  end
  local running = usage.generations.inFlight > 0 and (" (%d running)"):format(usage.generations.inFlight) or ""
  return "autogen " .. dollars(usage.cost) .. running
end

---@param usage table
---@return string[]
function M.lines(usage)
  local counts, cache, tokens = usage.generations, usage.cache, usage.tokens
  local lines = {
    ("generations  %d (%d succeeded, %d failed, %d cancelled, %d running)"):format(
      counts.total, counts.succeeded, counts.failed, counts.cancelled, counts.inFlight
    ),
    ("cache        %d hits, %d misses"):format(cache.hits, cache.misses),
    ("tokens       %d prompt, %d completion"):format(tokens.prompt, tokens.completion),
    ("cost         %s, saved $%.4f"):format(dollars(usage.cost), usage.cost.saved),
  }
  local budget = usage.budget
  if budget.limit and budget.limit ~= vim.NIL then
    table.insert(lines, ("budget       $%.2f of $%.2f a %s"):format(budget.spent, budget.limit, budget.period))
  end
  for _, group in ipairs(usage.groups) do
    table.insert(lines, ("  %-40s %4d  $%.4f"):format(group.key, group.generations, group.cost))
  end
  return lines
end

return M
