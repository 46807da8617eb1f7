// The language client: how the server is started, and what happens before a command reaches it.
import * as vscode from "vscode";
import { LanguageClient, LanguageClientOptions, ServerOptions, TransportKind } from "vscode-languageclient/node";
import { Documents } from "./documents";

export function createClient(documents: Documents): LanguageClient {
  const configuration = vscode.workspace.getConfiguration("autogen");
  const serverOptions: ServerOptions = {
    command: configuration.get<string>("serverPath", "autogen-lsp"),
    args: [...configuration.get<string[]>("serverArgs", []), "serve"],
    transport: TransportKind.stdio,
  };
  const clientOptions: LanguageClientOptions = {
    documentSelector: ["file", "untitled"].map((scheme) => ({ scheme, language: "python" })),
    initializationOptions: { usageNotifications: true },
    middleware: {
      executeCommand: (command, args, next) => {
        const given = args.length > 0 ? args : here();
        return documents.shows(command) ? documents.show(command, given) : next(command, given);
      },
    },
  };
  return new LanguageClient("autogen", "autogen-lsp", serverOptions, clientOptions);
}

/** From the command palette a command has no arguments: it is meant for the cursor. */
export function here(): unknown[] {
  const editor = vscode.window.activeTextEditor;
  if (!editor) {
    return [];
  }
  const { line, character } = editor.selection.active;
  return [{ uri: editor.document.uri.toString(), position: { line, character } }];
}
