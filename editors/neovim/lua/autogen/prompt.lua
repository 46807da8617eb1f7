--- The buffer of `:Autogen prompt`: what would be sent, item by item. Items can be left out; what is left can be sent.

local M = {}

--- Lines of a receipt (why each item is in the prompt, then the prompt), and the ids of the items by line.
---@param receipt table the answer to `autogen/prompt`
---@return string[], table<integer, string>
local function lines_of(receipt)
  local lines = {
    ("# %d tokens, context within %d. Nothing was sent."):format(receipt.tokens, receipt.budget),
    "# dd: without this item   u: with the last one again   <CR>: generate with what is left",
    "",
  }
  local ids = {}
  for _, item in ipairs(receipt.items) do
    local symbol = item.symbol ~= "" and (" " .. item.symbol) or ""
    table.insert(lines, ("%6d  %s%s: %s"):format(item.tokens, item.path, symbol, item.reason))
    ids[#lines] = item.id
  end
  for _, id in ipairs(receipt.dropped) do
    table.insert(lines, "without " .. id)
  end
  for _, each in ipairs(receipt.redactions) do
    table.insert(lines, ("masked  %s: %d %s"):format(each.path, each.count, each.kind))
  end
  table.insert(lines, "")
  vim.list_extend(lines, vim.split(receipt.prompt, "\n"))
  return lines, ids
end

--- Fill a buffer with a receipt and let the user take items out.
---@param buffer integer
---@param receipt table
---@param ask fun(drop: string[], done: fun(receipt: table)) asks for the receipt without these items
---@param generate fun(drop: string[])
function M.fill(buffer, receipt, ask, generate)
  local drop, ids = {}, {}

  local function render(new)
    if not vim.api.nvim_buf_is_valid(buffer) then
      return
    end
    local lines
    lines, ids = lines_of(new)
    vim.bo[buffer].modifiable = true
    vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
    vim.bo[buffer].modifiable = false
  end

  local function map(keys, does, run)
    vim.keymap.set("n", keys, run, { buffer = buffer, nowait = true, desc = "autogen: " .. does })
  end
  map("dd", "without this item", function()
    local id = ids[vim.api.nvim_win_get_cursor(0)[1]]
    if id and not vim.tbl_contains(drop, id) then
      table.insert(drop, id)
      ask(drop, render)
    end
  end)
  map("u", "with the last item again", function()
    if table.remove(drop) then
      ask(drop, render)
    end
  end)
  map("<CR>", "generate with what is left", function()
    vim.cmd.close()
    generate(drop)
  end)
  render(receipt)
end

return M
