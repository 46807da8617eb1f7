"""What the user has: roots, open documents, files on disk, and frozen snapshots of them."""
