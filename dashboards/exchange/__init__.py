"""The office's papers: figures as workbooks."""
