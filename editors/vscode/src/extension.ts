// autogen-lsp in VS Code: starts the server, shows what it costs, and shows its documents. The rest is the server's.
import * as vscode from "vscode";
import { LanguageClient } from "vscode-languageclient/node";
import { createClient, here } from "./client";
import { Documents, Place } from "./documents";
import { UsageStatus } from "./status";

let client: LanguageClient | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const documents = new Documents(() => client);
  const status = new UsageStatus();
  context.subscriptions.push(documents, status);

  const start = async (): Promise<void> => {
    client = createClient(documents);
    status.follow(client);
    try {
      await client.start();
    } catch (error) {
      await explainFailedStart(error);
    }
  };

  context.subscriptions.push(
    vscode.commands.registerCommand("autogen.generateWithout", (place?: Place) => documents.without(place ?? (here()[0] as Place | undefined))),
    vscode.commands.registerCommand("autogen.restartServer", async () => {
      await client?.dispose();
      await start();
    }),
    vscode.workspace.onDidChangeConfiguration(async (event) => {
      if (event.affectsConfiguration("autogen.serverPath") || event.affectsConfiguration("autogen.serverArgs")) {
        await vscode.commands.executeCommand("autogen.restartServer");
      }
    }),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  await client?.dispose();
}

async function explainFailedStart(error: unknown): Promise<void> {
  const path = vscode.workspace.getConfiguration("autogen").get<string>("serverPath", "autogen-lsp");
  const reason = error instanceof Error ? error.message : String(error);
  const choice = await vscode.window.showErrorMessage(
    `autogen-lsp could not be started as '${path}': ${reason}. Install it with 'pipx install autogen-lsp', or set autogen.serverPath.`,
    "Open settings",
  );
  if (choice) {
    await vscode.commands.executeCommand("workbench.action.openSettings", "autogen.serverPath");
  }
}
