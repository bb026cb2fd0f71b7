; What is written in JSX.
(jsx_opening_element name: (_)) @call
(jsx_self_closing_element) @call
(jsx_element (jsx_element) @statement)
(jsx_element (jsx_self_closing_element) @statement)
