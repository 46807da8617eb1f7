--- autogen-lsp in Neovim: starts the server for Python buffers. Everything else is loaded when it is used.

local M = {}

M.NAME = "autogen_lsp"

local function client_config()
  local options = require("autogen.config").options
  return {
    name = M.NAME,
    cmd = options.cmd,
    filetypes = options.filetypes,
    root_markers = options.root_markers,
    settings = { autogen = options.settings },
    init_options = vim.tbl_extend("force", options.settings, { usageNotifications = options.usage_in_statusline }),
    handlers = {
      ["autogen/usageChanged"] = function(_, usage, context)
        require("autogen.usage").changed(context.client_id, usage)
      end,
    },
  }
end

--- Neovim before 0.11 has no `vim.lsp.config`: start the client for each buffer of the file type.
local function start_by_filetype(config)
  local group = vim.api.nvim_create_augroup("autogen_lsp", { clear = true })
  local function start(buffer)
    if vim.bo[buffer].buftype ~= "" then
      return
    end
    local name = vim.api.nvim_buf_get_name(buffer)
    local root = vim.fs.root(buffer, config.root_markers) or (name ~= "" and vim.fs.dirname(name)) or vim.fn.getcwd()
    vim.lsp.start(vim.tbl_extend("force", config, { root_dir = root }), { bufnr = buffer })
  end
  vim.api.nvim_create_autocmd("FileType", {
    group = group,
    pattern = config.filetypes,
    callback = function(event)
      start(event.buf)
    end,
  })
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buffer) and vim.tbl_contains(config.filetypes, vim.bo[buffer].filetype) then
      start(buffer)
    end
  end
end

---@param options autogen.Options?
function M.setup(options)
  if not require("autogen.config").set(options) then
    return
  end
  local config = client_config()
  if vim.lsp.config and vim.lsp.enable then
    vim.lsp.config(M.NAME, config)
    vim.lsp.enable(M.NAME)
  else
    start_by_filetype(config)
  end
end

---@param buffer integer?
---@return vim.lsp.Client?
function M.client(buffer)
  return vim.lsp.get_clients({ name = M.NAME, bufnr = buffer })[1] or vim.lsp.get_clients({ name = M.NAME })[1]
end

--- Call a function of a client: since Neovim 0.11 they are methods.
---@param client vim.lsp.Client
---@param name string
function M.call(client, name, ...)
  if vim.fn.has("nvim-0.11") == 1 then
    return client[name](client, ...)
  end
  return client[name](...)
end

--- What the session has cost, for a status line: "autogen $0.012"; "" while there is nothing to show.
---@return string
function M.statusline()
  return require("autogen.usage").statusline()
end

return M
