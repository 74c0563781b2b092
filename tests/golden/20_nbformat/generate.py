"""Writes as_jupyter_saves.ipynb: a notebook with every part that has a rule, as Jupyter itself saves it.

Run with Python's nbformat 5.11.1: python generate.py
"""

from nbformat import v4, validate, write

nb = v4.new_notebook(metadata={"kernelspec": {"name": "deno", "display_name": "Deno", "language": "typescript"},
                               "title": "Every part that has a rule", "zebra": {"b": 1, "a": [1, 2]}})
nb.cells = [
    v4.new_markdown_cell("# Ünïcode — $x < y$\n\nand a last line\n", id="title",
                         attachments={"dot.png": {"image/png": "iVBORw0KGgo="}}),
    v4.new_raw_cell("", id="raw-cell"),
    v4.new_code_cell("const a = 1;\r\na", id="code_1", execution_count=1, metadata={"tags": ["hide-input"]}, outputs=[
        v4.new_output("stream", name="stdout", text="one\ntwo\x1cthree\u2028four\x85five\rsix"),
        v4.new_output("stream", name="stderr", text=""),
        v4.new_output("execute_result", execution_count=1, data={
            "text/plain": "1\n2", "text/html": "<p>\n</p>", "application/vnd.x+json": {"b": ["x", "y"], "a": None},
            "application/json": ["line\n", "line"]}),
        v4.new_output("display_data", data={"image/svg+xml": "<svg>\n</svg>"}, metadata={"isolated": True}),
        v4.new_output("error", ename="Error", evalue="no", traceback=["at a\n  at b", "c"]),
    ]),
    v4.new_code_cell("", id="empty"),
]
validate(nb)
write(nb, "as_jupyter_saves.ipynb")
