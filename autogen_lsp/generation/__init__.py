"""From a plan and its context to code that passed its checks. Replies are data: parsed and compared, never executed."""
