"""What a repository's files say: languages, filters, facts of a file, resolution of all facts, chunks."""
