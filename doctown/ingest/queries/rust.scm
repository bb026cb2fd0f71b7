; What a Rust file says, found by shape. What the captures mean is said in doctown/ingest/plain/reader.py.

; Definitions
(function_item) @function
(function_signature_item) @function
(closure_expression) @lambda
(struct_item) @struct
(union_item) @struct
(enum_item) @enum
(trait_item) @trait
(type_item) @type
(associated_type) @type
(macro_definition) @macro
(mod_item body: (_)) @namespace
(struct_item body: (field_declaration_list (field_declaration) @field))
(union_item body: (field_declaration_list (field_declaration) @field))
(enum_item body: (enum_variant_list (enum_variant) @constant))
(source_file (const_item) @constant)
(declaration_list (const_item) @constant)
(source_file (static_item) @variable)
(declaration_list (static_item) @variable)

; What has members, but is no symbol itself
(impl_item) @impl
(struct_item body: (ordered_field_declaration_list)) @tuple_struct

; Names that come to stand for something
(use_declaration) @import
(extern_crate_declaration) @import
(mod_item !body) @import
(parameters (parameter) @local)
(closure_parameters (_) @closure_parameter)
(type_parameters) @parameters
(block (const_item) @local)
(block (static_item) @local)
(let_declaration) @local
(let_condition) @local
(match_arm) @local
(match_expression) @match
(for_expression) @local

; What is done
(call_expression) @call
(macro_invocation) @call

; Where names hold
(block) @extent
(match_arm) @extent
(if_expression) @extent
(while_expression) @extent
(for_expression) @extent

; Where a text may be cut
(source_file (_) @statement)
(declaration_list (_) @statement)
(block (_) @statement)
(match_arm) @statement
(field_declaration) @statement
(enum_variant) @statement
(field_initializer) @statement
(macro_rule) @statement
(line_comment) @comment
(block_comment) @comment
(attribute_item) @attached
