"""The command line: one module and one row in `main.COMMANDS` a command. Thin: arguments in, features, text out."""
