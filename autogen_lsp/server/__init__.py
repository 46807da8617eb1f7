"""The language server: the only package that imports pygls and lsprotocol, and the only one that speaks of positions.

Importing it loads neither. Messages that the hot path lives on (documents, configuration, diagnostics) are handled as
plain JSON in `session`; everything else is dispatched, with types, by the pygls server that `app` builds when the first
such message comes or the server has nothing better to do.
"""
