"""The types of the schema: a concept a file. Rows are shown as they are; few fields compute."""
