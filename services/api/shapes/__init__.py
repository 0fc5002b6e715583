"""The shapes of what the API takes and answers, as its description publishes them. What is answered is made by the
functions `*_json`; a test holds both to each other."""
