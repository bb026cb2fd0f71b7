"""What languages of the plain ladder share: a reader of facts by captures, and one resolution for all of them."""
