-- A click on "… and what it needs" in a real Neovim: one edit, and one undo takes all of it back.
-- Prints what it saw as one JSON object; the Python side says what it must be.
local seen = {}

local function text()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
end

local function wait(what, condition)
  if not vim.wait(30000, condition, 20) then
    seen.timeout = what
    io.stdout:write(vim.json.encode(seen))
    vim.cmd("qall!")
  end
end

vim.cmd("runtime plugin/autogen.lua")
vim.cmd("filetype on")
require("autogen").setup({ settings = { backend = "skeleton" } })
vim.cmd.edit("app.py")
vim.bo.filetype = "python"

wait("diagnostics", function()
  return #vim.diagnostic.get(0) > 0
end)
vim.fn.search("total")
vim.lsp.buf.code_action({
  apply = true,
  filter = function(action)
    return action.title:find("and what it needs", 1, true) ~= nil
  end,
})
wait("the edit", function()
  return text():find("def total", 1, true) ~= nil
end)
seen.text = text()
vim.cmd("silent undo")
seen.undone = text()
io.stdout:write(vim.json.encode(seen))
vim.cmd("qall!")
