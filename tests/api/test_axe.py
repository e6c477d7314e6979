"""What the tests of pages call well readable is: faults of each kind among much that is alike are named."""

from playwright.sync_api import Browser

from tests.api.desk_people import findings

ROWS = "".join(f"<tr><td>{number}</td><td class=name>演示{number}号</td></tr>" for number in range(60))
PAGE = f"""<!doctype html><html lang=zh-CN><title>演示</title>
<style>.shade {{ background: #555 }} .faint td {{ color: #ccc }} .gone {{ display: none; color: #ddd }}</style>
<main><h1>演示</h1><p class=gone>不显示</p><table><tbody>{ROWS}</tbody></table></main>"""


def test_faint_text_is_found_in_one_row_of_many_and_on_another_ground(chromium: Browser) -> None:
    page = chromium.new_context(locale="zh-CN").new_page()
    page.set_content(PAGE)
    assert findings(page) == []
    page.locator("tr").nth(40).evaluate("row => row.classList.add('faint')")
    assert [one.split()[1] for one in findings(page)] == ["color-contrast:"]
    page.locator("tr").nth(40).evaluate("row => row.className = ''")
    page.locator("table").evaluate("table => table.classList.add('shade')")  # dark grey on grey
    assert findings(page) != []
    page.locator("table").evaluate("table => table.className = ''")
    page.locator("main").evaluate("main => { main.style.opacity = '0.3' }")
    assert findings(page) != []
    page.locator("main").evaluate("main => { main.style.opacity = '' }")
    page.locator("main").evaluate("main => { main.innerHTML += '<input name=price><button></button>' }")
    assert {one.split()[1] for one in findings(page)} == {"label:", "button-name:"}
