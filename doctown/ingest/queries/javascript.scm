; What only JavaScript's grammar calls so.
(field_definition) @field
