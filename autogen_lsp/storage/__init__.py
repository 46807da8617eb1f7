"""What outlives a request: cached replies, usage and provenance, in the user's own cache and state folders."""
