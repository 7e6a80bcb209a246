"""Files out of the room: lists of issues as workbooks, in the layout they came in."""
