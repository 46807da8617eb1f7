// Read-only documents about the code at the cursor: what would be sent, where it came from, what the session has cost.
// What would be sent can be cut: items are picked, and the rest is shown again or generated from.
import * as vscode from "vscode";
import { LanguageClient } from "vscode-languageclient/node";
import { Prompt, Usage, promptText, usageText } from "./texts";

const SCHEME = "autogen";

const PROMPT = vscode.Uri.from({ scheme: SCHEME, path: "/prompt.md" });

export interface Place {
  uri: string;
  position: { line: number; character: number };
  drop?: string[];
}

export class Documents implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  readonly onDidChange = this.changed.event;
  private previewed: { place: Place; drop: string[] } | undefined; // what the prompt document shows

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
      await this.showPrompt(client, place, place.drop ?? []);
      return;
    }
    const record = await client.sendRequest<unknown>("autogen/provenance", params);
    if (record === null) {
      await vscode.window.showInformationMessage("The code at the cursor was not generated.");
      return;
    }
    await this.open("/provenance.json", JSON.stringify(record, null, 2));
  }

  /** Let the user pick items of the prompt (of the one that is shown, else of that at the cursor) to go without. */
  async without(cursor: Place | undefined): Promise<void> {
    const client = this.client();
    const active = vscode.window.activeTextEditor?.document.uri.toString();
    const known = active === PROMPT.toString() ? this.previewed : cursor && { place: cursor, drop: [] };
    if (!client || !known) {
      await vscode.window.showInformationMessage("Put the cursor on a missing name or a stub first.");
      return;
    }
    const receipt = await client.sendRequest<Prompt>("autogen/prompt", promptParams(known.place, known.drop));
    const rows = [
      ...receipt.items.map((item) => ({
        label: `${item.kind} ${item.path} ${item.symbol}`.trim(),
        description: `${item.tokens} tokens`,
        detail: item.reason,
        picked: true,
        id: item.id,
      })),
      ...receipt.dropped.map((id) => ({ label: id, description: "left out", detail: "", picked: false, id })),
    ];
    const kept = await vscode.window.showQuickPick(rows, {
      canPickMany: true,
      matchOnDetail: true,
      title: "What may be sent",
      placeHolder: "Uncheck what the prompt is to be without",
    });
    if (!kept) {
      return;
    }
    const left = new Set(kept.map((row) => row.id));
    const drop = rows.map((row) => row.id).filter((id) => !left.has(id));
    const generate = "Generate with what is left";
    const next = await vscode.window.showQuickPick([generate, "Show what would be sent"], { title: "autogen" });
    if (next === generate) {
      await vscode.commands.executeCommand("autogen.generate", { ...known.place, drop });
    } else if (next) {
      await this.showPrompt(client, known.place, drop);
    }
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }

  private async showPrompt(client: LanguageClient, place: Place, drop: string[]): Promise<void> {
    const receipt = await client.sendRequest<Prompt>("autogen/prompt", promptParams(place, drop));
    this.previewed = { place, drop };
    await this.open(PROMPT.path, promptText(receipt));
  }

  private async open(path: string, text: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path });
    this.texts.set(path, text);
    this.changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true, viewColumn: vscode.ViewColumn.Beside });
  }
}

function promptParams(place: Place, drop: string[]): object {
  return { textDocument: { uri: place.uri }, position: place.position, drop };
}
