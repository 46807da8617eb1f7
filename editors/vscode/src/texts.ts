// Answers of the server as text for people. Nothing here knows VS Code.

export interface Usage {
  generations: { total: number; succeeded: number; failed: number; cancelled: number; inFlight: number };
  cache: { hits: number; misses: number };
  tokens: { prompt: number; completion: number };
  cost: { amount: number; currency: string; estimated: boolean; saved: number };
  budget: { limit: number | null; spent: number; period: string };
  groups: { key: string; generations: number; cost: number }[];
}

export interface Prompt {
  prompt: string;
  tokens: number;
  budget: number;
  items: { id: string; path: string; symbol: string; kind: string; reason: string; tokens: number }[];
  dropped: string[];
  redactions: { path: string; kind: string; count: number }[];
}

export function dollars(amount: number, estimated = false): string {
  return `${estimated ? "≈" : ""}$${amount > 0 && amount < 1 ? amount.toFixed(4) : amount.toFixed(2)}`;
}

export function usageText(usage: Usage): string {
  const { generations: g, cache, tokens, cost, budget } = usage;
  const lines = [
    "# autogen: this session",
    "",
    `- generations: ${g.total} (${g.succeeded} succeeded, ${g.failed} failed, ${g.cancelled} cancelled, ${g.inFlight} running)`,
    `- cache: ${cache.hits} hits, ${cache.misses} misses`,
    `- tokens: ${tokens.prompt} prompt, ${tokens.completion} completion`,
    `- cost: ${dollars(cost.amount, cost.estimated)}; the cache saved ${dollars(cost.saved)}`,
  ];
  if (budget.limit !== null) {
    lines.push(`- budget: ${dollars(budget.spent)} of ${dollars(budget.limit)} a ${budget.period}`);
  }
  if (usage.groups.length > 0) {
    lines.push("", "| where | generations | cost |", "|---|---:|---:|");
    lines.push(...usage.groups.map((group) => `| ${group.key} | ${group.generations} | ${dollars(group.cost)} |`));
  }
  return lines.join("\n") + "\n";
}

export function promptText(receipt: Prompt): string {
  const runs = receipt.prompt.match(/`+/g) ?? [];
  const fence = "`".repeat(1 + Math.max(2, ...runs.map((run) => run.length)));
  return [
    "# What would be sent",
    "",
    `${receipt.tokens} tokens; the context has ${receipt.items.length} items within ${receipt.budget} tokens. Nothing was sent.`,
    "",
    "| tokens | what | why |",
    "|---:|---|---|",
    ...receipt.items.map((item) => `| ${item.tokens} | ${item.kind} ${item.path} ${item.symbol} | ${item.reason} |`),
    ...receipt.dropped.map((id) => `| | without ${id} | left out as you wished |`),
    ...receipt.redactions.map((each) => `| | masked in ${each.path} | ${each.count} × ${each.kind} |`),
    "",
    `${fence}text`,
    receipt.prompt,
    fence,
    "",
  ].join("\n");
}
