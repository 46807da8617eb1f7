--- Options of the client, checked. Server settings go to the server as they are (section `autogen`).

local M = {}

---@class autogen.Options
---@field cmd string[] how the server is started
---@field settings table server settings, as in docs/configuration.md
---@field filetypes string[]
---@field root_markers string[] files that mark a workspace's root
---@field usage_in_statusline boolean ask the server to push its usage numbers

---@type autogen.Options
M.defaults = {
  cmd = { "autogen-lsp", "serve" },
  settings = {},
  filetypes = { "python" },
  root_markers = { "pyproject.toml", "setup.py", "setup.cfg", ".git" },
  usage_in_statusline = true,
}

---@type autogen.Options
M.options = vim.deepcopy(M.defaults)

---@param options autogen.Options
---@return string? what is wrong, nil where nothing is
function M.problem(options)
  for key, value in pairs(options) do
    local default = M.defaults[key]
    if default == nil then
      return ("autogen: there is no option '%s'; see :help autogen-options"):format(key)
    end
    if type(value) ~= type(default) then
      return ("autogen: option '%s' must be a %s, not a %s"):format(key, type(default), type(value))
    end
  end
  if options.cmd and #options.cmd == 0 then
    return "autogen: option 'cmd' is empty; it must name the program"
  end
end

---@param options autogen.Options?
---@return boolean whether they could be taken
function M.set(options)
  local problem = M.problem(options or {})
  if problem then
    vim.notify(problem, vim.log.levels.ERROR)
    return false
  end
  M.options = vim.tbl_deep_extend("force", vim.deepcopy(M.defaults), options or {})
  return true
end

return M
