if vim.g.loaded_autogen then
  return
end
vim.g.loaded_autogen = true

vim.api.nvim_create_user_command("Autogen", function(arguments)
  require("autogen.commands").run(arguments.args)
end, {
  nargs = 1,
  desc = "Write missing Python code with autogen-lsp",
  complete = function(typed)
    return require("autogen.commands").complete(typed)
  end,
})

-- Lenses that show something are the client's to run; those that change text go to the server by themselves.
for lens, name in pairs({
  ["autogen.showPrompt"] = "prompt",
  ["autogen.showProvenance"] = "provenance",
  ["autogen.showUsage"] = "usage",
}) do
  vim.lsp.commands[lens] = function(command)
    local argument = (command.arguments or {})[1]
    if argument and argument.position then
      pcall(vim.api.nvim_win_set_cursor, 0, { argument.position.line + 1, argument.position.character })
    end
    require("autogen.commands").run(name)
  end
end
