; What JavaScript and TypeScript say alike, found by shape. What the captures mean is said in
; doctown/ingest/plain/reader.py; those that only doctown/ingest/javascript knows of are marked.

; Definitions
(function_declaration) @function
(generator_function_declaration) @function
(function_expression) @lambda
(generator_function) @lambda
(arrow_function) @lambda
(class_declaration) @class
(class) @class
(method_definition) @method
(object) @literal ; an object that may turn out to be a definition
(program (lexical_declaration kind: "const" (variable_declarator name: (identifier)) @constant))
(program (lexical_declaration kind: "let" (variable_declarator name: (identifier)) @variable))
(program (variable_declaration (variable_declarator name: (identifier)) @variable))
(program (export_statement declaration: (lexical_declaration kind: "const" (variable_declarator name: (identifier)) @constant)))
(program (export_statement declaration: (lexical_declaration kind: "let" (variable_declarator name: (identifier)) @variable)))
(program (export_statement declaration: (variable_declaration (variable_declarator name: (identifier)) @variable)))

; What gives values their names and definitions their extent; of javascript/names.py
(lexical_declaration) @group
(variable_declaration) @group
(variable_declaration (variable_declarator) @var)
(assignment_expression) @assignment
(call_expression
  arguments: (arguments . [(string) (template_string)] (_)? . [(arrow_function) (function_expression)])) @titled

; Names that come to stand for something
(import_statement) @import
(export_statement) @export
(call_expression function: (identifier) @_require arguments: (arguments . (string)) (#eq? @_require "require")) @required
(call_expression function: (import) arguments: (arguments . (string))) @required
(variable_declarator) @local
(assignment_expression left: (identifier)) @local
(augmented_assignment_expression left: (identifier)) @local
(for_in_statement) @local
(catch_clause) @local
(if_statement) @local
(ternary_expression) @local
(binary_expression operator: "&&") @local
(call_expression
  function: (member_expression)
  arguments: (arguments . [(arrow_function) (function_expression)])) @callback
(return_statement (_) @returned)

; What is done
(call_expression) @call
(new_expression) @call
(decorator) @call

; Where names hold
(statement_block) @extent
(for_statement) @extent
(for_in_statement) @extent
(switch_body) @extent
(catch_clause) @extent

; Where a text may be cut
(program (_) @statement)
(statement_block (_) @statement)
(class_body (_) @statement)
(object (_) @statement)
(array (_) @statement)
(switch_case (_) @statement)
(comment) @comment
