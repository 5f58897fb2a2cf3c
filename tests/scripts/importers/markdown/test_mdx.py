"""MDX is read without its JavaScript, and what is left out is told."""

from __future__ import annotations

from pathlib import Path

from scripts.importers.markdown.mdx import strip_components
from scripts.importers.registry import open_reader
from tests.support.importer_inputs import messages, the_draft

TEXT = """---
title: Nets
---
import Chart from './Chart';
import { Image } from 'astro:assets';
import boat from '../boat.png';

export const year = 2024;

Nets in {year}, {frontmatter.title} and {nets.map((n) => n)}.

<Chart data={[1, 2]} client:load />

<Callout type="warning">Mind the **gap**.</Callout>

<Image src="/hero.jpg" alt="A hero" />
<Image src={boat} alt="A boat" />

{/* hidden */}

```js
import x from 'y';
const a = <Chart />;
```
"""


def test_words_and_code_of_mdx_come_in_without_components(tmp_path: Path) -> None:
    (tmp_path / "nets.mdx").write_text(TEXT)
    records = list(open_reader(tmp_path).read())
    html = the_draft(records).body.content
    for words in (
        "Nets in 2024, Nets and .",
        "boat.png",
        "<strong>gap</strong>",
        'src="/hero.jpg"',
        "import x from 'y';",
    ):
        assert words in html
    for words in ("Chart from", "export const", "Callout", "hidden", "{year}"):
        assert words not in html
    assert "const a = &lt;Chart /&gt;;" in html
    assert messages(records)[0] == (
        "components and expressions of MDX were left out: Chart, Callout, {nets.map((n) => n)}"
    )


def test_plain_markdown_is_as_it_was() -> None:
    text = "# A\n\nWords with `{code}` and <em>tags</em>.\n"
    assert strip_components(text) == (text, ())
