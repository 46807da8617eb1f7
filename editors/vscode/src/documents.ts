// Read-only documents about the code at the cursor: what would be sent, where it came from, what the session has cost.
import * as vscode from "vscode";
import { LanguageClient } from "vscode-languageclient/node";
import { Prompt, Usage, promptText, usageText } from "./texts";

const SCHEME = "autogen";

interface Place {
  uri: string;
  position: { line: number; character: number };
}

export class Documents implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  readonly onDidChange = this.changed.event;

  constructor(private readonly client: () => LanguageClient | undefined) {}

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.path) ?? "";
  }

  shows(command: string): boolean {
    return command === "autogen.showPrompt" || command === "autogen.showProvenance" || command === "autogen.showUsage";
  }

  async show(command: string, args: unknown[]): Promise<void> {
    const client = this.client();
    if (!client) {
      return;
    }
    if (command === "autogen.showUsage") {
      await this.open("/usage.md", usageText(await client.sendRequest<Usage>("autogen/usage", { scope: "session" })));
      return;
    }
    const place = args[0] as Place | undefined;
    if (!place?.uri || !place.position) {
      await vscode.window.showInformationMessage("Put the cursor on a missing name, a stub or a generated function first.");
      return;
    }
    const params = { textDocument: { uri: place.uri }, position: place.position };
    if (command === "autogen.showPrompt") {
      await this.open("/prompt.md", promptText(await client.sendRequest<Prompt>("autogen/prompt", params)));
      return;
    }
    const record = await client.sendRequest<unknown>("autogen/provenance", params);
    if (record === null) {
      await vscode.window.showInformationMessage("The code at the cursor was not generated.");
      return;
    }
    await this.open("/provenance.json", JSON.stringify(record, null, 2));
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }

  private async open(path: string, text: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path });
    this.texts.set(path, text);
    this.changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true, viewColumn: vscode.ViewColumn.Beside });
  }
}
