// The status bar: what this session has cost, and how many generations run. A click shows the numbers.
import * as vscode from "vscode";
import { LanguageClient } from "vscode-languageclient/node";
import { Usage, dollars, usageText } from "./texts";

export class UsageStatus implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem("autogen.usage", vscode.StatusBarAlignment.Right, 100);

  constructor() {
    this.item.name = "autogen: cost of this session";
    this.item.command = "autogen.showUsage";
  }

  follow(client: LanguageClient): void {
    client.onNotification("autogen/usageChanged", (usage: Usage) => this.update(usage));
    this.item.text = "$(sparkle) autogen";
    this.item.tooltip = "autogen-lsp: nothing generated in this session yet";
    this.item.show();
  }

  update(usage: Usage): void {
    const running = usage.generations.inFlight;
    const icon = running > 0 ? "$(sync~spin)" : "$(sparkle)";
    this.item.text = `${icon} autogen ${dollars(usage.cost.amount, usage.cost.estimated)}`;
    this.item.tooltip = new vscode.MarkdownString(usageText(usage));
  }

  dispose(): void {
    this.item.dispose();
  }
}
