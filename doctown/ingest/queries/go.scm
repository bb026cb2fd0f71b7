; What a Go file says, found by shape. What the captures mean is said in doctown/ingest/plain/reader.py.

; Definitions
(function_declaration) @function
(method_declaration) @method
(func_literal) @lambda
(type_spec type: (struct_type)) @struct
(type_spec type: (interface_type)) @interface
(type_spec type: [
  (array_type) (channel_type) (function_type) (generic_type) (map_type) (parenthesized_type) (pointer_type)
  (qualified_type) (slice_type) (type_identifier)
]) @type
(type_alias) @type
(type_spec type: (interface_type (method_elem) @method))
(type_spec type: (struct_type (field_declaration_list (field_declaration) @field)))
(source_file (const_declaration (const_spec) @constant))
(source_file (var_declaration (var_spec) @variable))
(source_file (var_declaration (var_spec_list (var_spec) @variable)))

(type_declaration) @group
(var_declaration) @group
(const_declaration) @group

; Names that come to stand for something
(import_spec) @import
(function_declaration parameters: (parameter_list (_) @local))
(function_declaration result: (parameter_list (_) @local))
(method_declaration receiver: (parameter_list (_) @receiver))
(method_declaration parameters: (parameter_list (_) @local))
(method_declaration result: (parameter_list (_) @local))
(func_literal parameters: (parameter_list (_) @local))
(func_literal result: (parameter_list (_) @local))
(type_parameter_list) @parameters
(block (statement_list (const_declaration (const_spec) @local)))
(block (statement_list (var_declaration (var_spec) @local)))
(block (statement_list (var_declaration (var_spec_list (var_spec) @local))))
(short_var_declaration) @local
(range_clause) @local
(receive_statement) @local
(type_switch_statement) @local
(assignment_statement right: (expression_list (func_literal))) @local

; What is done
(call_expression) @call
(type_conversion_expression) @call

; Where names hold
(block) @extent
(if_statement) @extent
(for_statement) @extent
(expression_switch_statement) @extent
(type_switch_statement) @extent
(expression_case) @extent
(type_case) @extent
(default_case) @extent
(communication_case) @extent

; Where a text may be cut
(source_file (_) @statement)
(statement_list (_) @statement)
(field_declaration_list (_) @statement)
(interface_type (_) @statement)
(import_spec_list (_) @statement)
(const_declaration (const_spec) @statement)
(type_declaration (_) @statement)
(var_spec_list (_) @statement)
(literal_value (_) @statement)
(expression_case) @statement
(type_case) @statement
(default_case) @statement
(communication_case) @statement
(comment) @comment
