; What TypeScript says besides.
(abstract_class_declaration) @class
(interface_declaration) @interface
(enum_declaration) @enum
(type_alias_declaration) @type
(internal_module) @namespace
(module) @namespace
(function_signature) @function
(method_signature) @method
(abstract_method_signature) @method
(public_field_definition) @field
(interface_body (property_signature) @field)
(type_alias_declaration value: (object_type (property_signature) @field))
(enum_body (property_identifier) @constant)
(enum_body (enum_assignment) @constant)
(required_parameter (accessibility_modifier)) @field
(optional_parameter (accessibility_modifier)) @field
(required_parameter "readonly") @field
(ambient_declaration) @ambient
(type_parameters) @parameters
(import_alias) @local
(type_query) @imported_type
(interface_body (_) @statement)
(object_type (_) @statement)
(enum_body (_) @statement)
(class_body) @members
(interface_body) @members
(object_type) @members
(class_body (decorator) @attached)
