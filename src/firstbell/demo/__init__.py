"""A district's mornings to look at: two made-up districts whose history the real pipeline has made."""
