--- `:Autogen <command>`: one row a command. What changes text goes through the server; what shows something opens a buffer.

local M = {}

---@param lines string[]
---@param title string
---@param filetype string
---@return integer buffer
local function show(lines, title, filetype)
  vim.cmd("botright new")
  local buffer = vim.api.nvim_get_current_buf()
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
  vim.bo[buffer].buftype = "nofile"
  vim.bo[buffer].bufhidden = "wipe"
  vim.bo[buffer].swapfile = false
  vim.bo[buffer].modifiable = false
  vim.bo[buffer].filetype = filetype
  vim.api.nvim_buf_set_name(buffer, "autogen://" .. title .. "/" .. buffer)
  return buffer
end

local function client_or_complain()
  local client = require("autogen").client(vim.api.nvim_get_current_buf())
  if not client then
    vim.notify("autogen: the server is not running in this buffer; see :checkhealth autogen", vim.log.levels.WARN)
  end
  return client
end

---@param buffer integer? the one that the request is about; by default the current one
local function request(client, method, params, done, buffer)
  local function answered(err, result)
    if err then
      vim.notify("autogen: " .. err.message, vim.log.levels.ERROR)
    else
      done(result)
    end
  end
  require("autogen").call(client, "request", method, params, answered, buffer or vim.api.nvim_get_current_buf())
end

local function here(client)
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
  return { textDocument = params.textDocument, position = params.position }
end

--- A command of the server at a place. Its edits and messages come by themselves.
---@param more table? what the command is told besides the place
local function execute_at(client, command, at, more, buffer)
  local argument = vim.tbl_extend("error", { uri = at.textDocument.uri, position = at.position }, more or {})
  request(client, "workspace/executeCommand", { command = command, arguments = { argument } }, function() end, buffer)
end

--- A command of the server at the cursor.
local function execute(command, more)
  return function(client)
    execute_at(client, command, here(client), more)
  end
end

local function cancel(client)
  request(client, "workspace/executeCommand", { command = "autogen.cancel", arguments = {} }, function(result)
    if result.cancelled == 0 then
      vim.notify("autogen: nothing is running")
    end
  end)
end

local function show_prompt(client)
  local at, source = here(client), vim.api.nvim_get_current_buf()
  local function ask(drop, done)
    request(client, "autogen/prompt", vim.tbl_extend("error", at, { drop = drop }), done, source)
  end
  local function generate(drop)
    execute_at(client, "autogen.generate", at, { drop = drop }, source)
  end
  ask({}, function(receipt)
    require("autogen.prompt").fill(show({}, "prompt", "markdown"), receipt, ask, generate)
  end)
end

local function show_provenance(client)
  request(client, "autogen/provenance", here(client), function(record)
    if not record or record == vim.NIL then
      vim.notify("autogen: the code at the cursor was not generated")
    else
      show(vim.split(vim.inspect(record), "\n"), "provenance", "lua")
    end
  end)
end

local function show_usage(client)
  request(client, "autogen/usage", { scope = "session" }, function(usage)
    show(require("autogen.usage").lines(usage), "usage", "text")
  end)
end

---@type table<string, fun(client: vim.lsp.Client)>
M.commands = {
  generate = execute("autogen.generate"),
  ["generate-needed"] = execute("autogen.generate", { needs = true }),
  skeleton = execute("autogen.createSkeleton"),
  all = execute("autogen.generateAll"),
  cancel = cancel,
  regenerate = execute("autogen.regenerate"),
  revert = execute("autogen.revert"),
  ["clear-cache"] = execute("autogen.clearCache"),
  prompt = show_prompt,
  provenance = show_provenance,
  usage = show_usage,
}

---@param typed string
function M.run(typed)
  local name = vim.trim(typed)
  local command = M.commands[name]
  if not command then
    local known = vim.tbl_keys(M.commands)
    table.sort(known)
    vim.notify(("autogen: no command '%s'; there are: %s"):format(name, table.concat(known, ", ")), vim.log.levels.ERROR)
    return
  end
  local client = client_or_complain()
  if client then
    command(client)
  end
end

---@param typed string
---@return string[]
function M.complete(typed)
  local names = vim.tbl_filter(function(name)
    return vim.startswith(name, typed)
  end, vim.tbl_keys(M.commands))
  table.sort(names)
  return names
end

return M
