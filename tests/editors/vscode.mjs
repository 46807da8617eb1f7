// The story of one click in a real VS Code (code-server in headless Chromium). Arguments: a JSON object
// {playwright, chromium, url, host, folder, file, line, column, screenshots}. Prints what it saw as one JSON object.
import { createRequire } from "node:module";
import path from "node:path";

const given = JSON.parse(process.argv[2]);
const { chromium } = createRequire(given.playwright)("playwright-core");
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath: given.chromium, headless: true, args: flags });
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
page.setDefaultTimeout(45000);
const seen = {};

const shot = (name) => page.screenshot({ path: path.join(given.screenshots, `${name}.png`) });
const text = async () => {
  const lines = await page.$$eval(".editor-instance .view-line", (all) =>
    all.map((line) => [parseFloat(line.style.top), line.textContent]).sort((a, b) => a[0] - b[0]).map((pair) => pair[1]));
  return lines.join("\n").replaceAll("\u00a0", " ").replaceAll("\u00b7", " ");
};
const goTo = async (line, column) => {
  await page.keyboard.press("Control+g");
  await page.waitForSelector(".quick-input-widget input");
  await page.keyboard.type(`${line}:${column}`);
  await page.keyboard.press("Enter");
  await page.waitForSelector(".quick-input-widget", { state: "hidden" });
};

try {
  const payload = encodeURIComponent(JSON.stringify([["openFile", `vscode-remote://${given.host}${given.file}`]]));
  await page.goto(`${given.url}/?folder=${encodeURIComponent(given.folder)}&payload=${payload}`);
  await page.waitForSelector(".editor-instance .view-line");
  await page.waitForFunction(() => [...document.querySelectorAll(".statusbar-item")].some((item) => item.textContent.includes("autogen")));
  await page.click(".editor-instance .view-lines");

  await goTo(given.line, given.column);
  await page.waitForSelector(".lightbulb-glyph-margin, .codicon-light-bulb, .codicon-lightbulb, .lightBulbWidget.codicon", { state: "attached" });
  await shot("1-light-bulb");

  await page.keyboard.press("F1");
  await page.waitForSelector(".quick-input-widget input");
  await page.keyboard.type("autogen: Generate Without");
  await page.waitForSelector(".quick-input-list .monaco-list-row.focused");
  await page.keyboard.press("Enter");
  const calls = page.locator(".quick-input-list .monaco-list-row", { hasText: "call-site app.py total" });
  await calls.waitFor();
  seen.items = await page.$$eval(".quick-input-list .monaco-list-row", (all) => all.map((each) => each.textContent));
  await shot("1-without");
  await calls.click();
  await page.keyboard.press("Enter");
  const show = page.locator(".quick-input-list .monaco-list-row", { hasText: "Show what would be sent" });
  await show.click();
  await page.waitForFunction(() => [...document.querySelectorAll(".view-line")].some((line) => line.textContent.includes("app.py::total::call-site")));
  await shot("1-prompt-without");
  seen.prompt = (await page.$$eval(".view-line", (all) => all.map((line) => line.textContent).join("\n"))).replaceAll("\u00a0", " ");
  seen.buttons = await page.$$eval(".editor-actions .action-label", (all) => all.map((each) => each.textContent));
  await page.locator(".tab", { hasText: "prompt.md" }).locator(".codicon-close").click();
  await page.waitForFunction(() => document.querySelectorAll(".editor-instance").length === 1);
  await page.click(".editor-instance .view-lines");
  await goTo(given.line, given.column);
  await page.waitForSelector(".lightbulb-glyph-margin, .codicon-light-bulb, .codicon-lightbulb, .lightBulbWidget.codicon", { state: "attached" });

  await page.keyboard.press("Control+.");
  await page.waitForSelector(".action-widget .action-list-item, .action-widget .monaco-list-row");
  seen.titles = await page.$$eval(".action-widget .monaco-list-row", (rows) => rows.map((row) => row.textContent.trim()));
  await shot("2-actions");
  const wanted = seen.titles.filter((title) => title !== "").findIndex((title) => title.startsWith("Generate 'area'"));
  const rows = page.locator(".action-widget .monaco-list-row.action");
  for (let step = 0; step < 20; step++) {
    const focused = await page.locator(".action-widget .monaco-list-row.focused").textContent().catch(() => "");
    if (focused.includes("Generate 'area'")) break;
    await page.keyboard.press("ArrowDown");
  }
  seen.wanted = wanted;
  seen.rows = await rows.count();
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => [...document.querySelectorAll(".editor-instance .view-line")].some((line) => line.textContent.replaceAll("\u00a0", " ").includes("def area")));
  await page.waitForFunction(() => [...document.querySelectorAll(".statusbar-item")].some((item) => item.textContent.includes("$")));
  seen.text = await text();
  seen.status = await page.$$eval(".statusbar-item", (items) => items.map((item) => item.textContent).find((label) => label.includes("$")));
  await shot("3-generated");

  const row = seen.text.split("\n").findIndex((line) => line.includes("def area")) + 1;
  await goTo(row, 6);
  await page.keyboard.press("Control+k");
  await page.keyboard.press("Control+i");
  await page.waitForFunction(() => [...document.querySelectorAll(".monaco-hover")].some((hover) => hover.textContent.includes("Generated")));
  seen.hover = await page.$$eval(".monaco-hover", (all) => all.map((hover) => hover.textContent).join("\n"));
  await shot("4-hover");
  await page.keyboard.press("Escape");

  await page.keyboard.press("F1");
  await page.waitForSelector(".quick-input-widget input");
  await page.keyboard.type("autogen: Show Usage");
  await page.waitForSelector(".quick-input-list .monaco-list-row.focused");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => [...document.querySelectorAll(".view-line")].some((line) => line.textContent.includes("generations")));
  await shot("5-usage");
  seen.usage = (await page.$$eval(".view-line", (all) => all.map((line) => line.textContent).join("\n"))).replaceAll("\u00a0", " ");
} catch (error) {
  seen.error = String(error);
  await shot("error").catch(() => {});
} finally {
  process.stdout.write(JSON.stringify(seen));
  await browser.close();
}
