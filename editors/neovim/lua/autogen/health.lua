--- `:checkhealth autogen`: what the client sees, and what the server says of itself.

local M = {}

local function report(part)
  local health = vim.health
  local text = part.name .. ": " .. part.detail
  if part.ok and part.fix == "" then
    health.ok(text)
  elseif part.ok then
    health.info(text .. " (" .. part.fix .. ")")
  else
    health.error(text, { part.fix })
  end
end

--- The server's own report: from the running server, else from the program itself.
local function server_report(cmd)
  local client = require("autogen").client()
  if client then
    local answer = require("autogen").call(client, "request_sync", "autogen/health", vim.empty_dict(), 5000, 0)
    if answer and answer.result then
      return answer.result
    end
  end
  local done = vim.system({ cmd[1], "doctor", "--format", "json" }, { text = true }):wait(20000)
  local decoded, result = pcall(vim.json.decode, done.stdout or "")
  if decoded then
    return result
  end
  return nil, vim.trim(done.stderr or "")
end

function M.check()
  local health, options = vim.health, require("autogen.config").options
  health.start("autogen: client")
  if vim.fn.has("nvim-0.10") == 1 then
    health.ok("Neovim " .. tostring(vim.version()))
  else
    health.error("Neovim 0.10 or newer is needed")
    return
  end
  if vim.fn.executable(options.cmd[1]) ~= 1 then
    health.error(("'%s' is not on the PATH"):format(options.cmd[1]), {
      "install it: pipx install autogen-lsp",
      "or name the program: require('autogen').setup({ cmd = { '/path/to/autogen-lsp', 'serve' } })",
    })
    return
  end
  health.ok("server: " .. vim.fn.exepath(options.cmd[1]))
  local client = require("autogen").client()
  if client then
    health.ok("running for " .. (client.config.root_dir or "a single file"))
  else
    health.info("not running: it starts with the first Python buffer")
  end

  health.start("autogen: server")
  local result, trouble = server_report(options.cmd)
  if not result then
    health.error("no report from the server" .. (trouble and trouble ~= "" and (": " .. trouble) or ""), {
      "run it in a shell: " .. options.cmd[1] .. " doctor",
    })
    return
  end
  for _, part in ipairs(result.parts) do
    report(part)
  end
end

return M
