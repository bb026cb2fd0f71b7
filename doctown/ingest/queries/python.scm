; What a Python file says, found by shape. What the captures mean is said in doctown/ingest/python/facts.py.

; Definitions
(class_definition) @class
(function_definition) @function
(lambda) @lambda
(decorator) @decorator

; Names that come to stand for something
(assignment) @assignment
(named_expression) @walrus
(type_alias_statement) @alias
(import_statement) @import
(import_from_statement) @import_from
(future_import_statement) @import_future
(for_statement) @loop
(for_in_clause) @loop
(as_pattern (as_pattern_target) @as_target)
(global_statement) @global
(nonlocal_statement) @nonlocal
(case_clause) @case

; What is done
(call) @call
(return_statement (_) @returned)
(yield (_) @yielded)

; Parts of a statement of which not all are run
(if_statement consequence: (_) @arm)
(elif_clause consequence: (_) @arm)
(else_clause) @arm
(try_statement body: (_) @arm)
(except_clause) @arm
(while_statement body: (_) @arm)
(for_statement body: (_) @arm)
(case_clause) @arm

; Comprehensions, which have names of their own
(list_comprehension) @comprehension
(set_comprehension) @comprehension
(dictionary_comprehension) @comprehension
(generator_expression) @comprehension
