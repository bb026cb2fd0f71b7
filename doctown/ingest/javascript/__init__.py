"""What is particular to JavaScript, TypeScript and JSX."""
