-- The story of one click in a real Neovim: finding, code action, progress, edit, hover, status line, commands, health.
-- Prints what it saw as one JSON object; the Python side says what it must be.
local seen = { progress = {}, messages = {} }

local function wait(what, condition)
  if not vim.wait(30000, condition, 20) then
    seen.timeout = what
    io.stdout:write(vim.json.encode(seen))
    vim.cmd("qall!")
  end
end

vim.notify = function(message)
  table.insert(seen.messages, message)
end
vim.api.nvim_create_autocmd("LspProgress", {
  callback = function(event)
    local token, value = event.data.params.token, event.data.params.value
    table.insert(seen.progress, { token = token, kind = value.kind, title = value.title, message = value.message })
  end,
})

vim.cmd("runtime plugin/autogen.lua")
vim.cmd("filetype on")
require("autogen").setup({ settings = { price = { perRun = 0.05 } } })
vim.cmd.edit("app.py")
vim.bo.filetype = "python"

wait("diagnostics", function()
  return #vim.diagnostic.get(0) > 0
end)
local finding = vim.diagnostic.get(0)[1]
seen.diagnostic = { line = finding.lnum, column = finding.col, code = finding.code, source = finding.source, message = finding.message }
seen.severity = finding.severity
vim.api.nvim_win_set_cursor(0, { finding.lnum + 1, finding.col })

local titles
vim.ui.select = function(items, options, choose)
  titles = vim.tbl_map(options.format_item, items)
end
vim.lsp.buf.code_action()
wait("code actions", function()
  return titles ~= nil
end)
seen.titles = titles

seen.statusline_before = require("autogen").statusline()
vim.lsp.buf.code_action({
  apply = true,
  filter = function(action)
    return vim.startswith(action.title, "Generate 'area'")
  end,
})
local function text()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
end
wait("the edit", function()
  return text():find("def area", 1, true) ~= nil
end)
wait("the end of progress", function()
  return #seen.progress > 0 and seen.progress[#seen.progress].kind == "end"
end)
wait("the diagnostic to go", function()
  return #vim.diagnostic.get(0) == 0
end)
seen.text = text()
seen.modified = vim.bo.modified
wait("the cost in the status line", function()
  return require("autogen").statusline():find("%$") ~= nil
end)
seen.statusline = require("autogen").statusline()

local row = 1
for number, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
  if line:find("def area", 1, true) then
    row = number
  end
end
vim.api.nvim_win_set_cursor(0, { row, 5 })
local client = require("autogen").client(0)
local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
local answers = vim.lsp.buf_request_sync(0, "textDocument/hover", params, 10000)
local _, answer = next(answers or {})
seen.hover = answer and answer.result and answer.result.contents.value

local source_window = vim.api.nvim_get_current_win()
vim.cmd("Autogen usage")
wait("the usage buffer", function()
  return vim.api.nvim_buf_get_name(0):find("autogen://usage", 1, true) ~= nil
end)
seen.usage = text()
vim.cmd.close()
vim.api.nvim_set_current_win(source_window)
vim.cmd("Autogen nonsense")

vim.cmd("checkhealth autogen")
seen.health = text()
vim.cmd.close()
vim.api.nvim_set_current_win(source_window)

vim.cmd("Autogen revert")
wait("the revert", function()
  return text():find("def area", 1, true) == nil
end)
seen.reverted = text()

wait("the finding again", function()
  return #vim.diagnostic.get(0) > 0
end)
vim.api.nvim_win_set_cursor(0, { finding.lnum + 1, finding.col })
vim.cmd("Autogen prompt")
wait("the prompt buffer", function()
  return vim.api.nvim_buf_get_name(0):find("autogen://prompt", 1, true) ~= nil and text():find("Skeleton:", 1, true)
end)
seen.prompt = text()
local function leave_out_calls()
  vim.fn.search("app.py total: uses it")
  vim.cmd("normal dd")
  wait("the prompt without the calls", function()
    return text():find("Calls: app.py", 1, true) == nil
  end)
end
leave_out_calls()
vim.cmd("normal u")
wait("the prompt with the calls again", function()
  return text():find("Calls: app.py", 1, true) ~= nil
end)
seen.prompt_again = text()
leave_out_calls()
seen.prompt_without = text()
vim.cmd("normal " .. vim.keycode("<CR>"))
wait("the function made without the calls", function()
  return vim.api.nvim_get_current_win() == source_window and text():find("def area", 1, true) ~= nil
end)
io.stdout:write(vim.json.encode(seen))
vim.cmd("qall!")
