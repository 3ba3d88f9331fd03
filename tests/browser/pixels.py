"""Where a page shows a colour, looked up in a screenshot of it: what is painted, whatever the styles say."""

import base64

from playwright.sync_api import FloatRect, Page

# Chromium reads its own PNG. A page without an address has no policy against data: either.
EXTENT = """async ([png, colour]) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
    const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
    canvas.drawImage(image, 0, 0);
    const { data } = canvas.getImageData(0, 0, image.width, image.height);
    const [xs, ys] = [[], []];
    for (let at = 0; at < data.length; at += 4) {
        if (colour.some((value, channel) => data[at + channel] !== value)) continue;
        xs.push((at / 4) % image.width);
        ys.push(Math.floor(at / 4 / image.width));
    }
    const least = (all) => all.reduce((one, other) => Math.min(one, other));
    const most = (all) => all.reduce((one, other) => Math.max(one, other));
    if (!xs.length) return null;
    const [x, y] = [least(xs), least(ys)];
    return { x, y, width: most(xs) - x + 1, height: most(ys) - y + 1 };
}"""


def extent(page: Page, colour: tuple[int, int, int]) -> FloatRect | None:
    """The smallest box in the window that has all pixels of exactly this colour; None where there are none."""
    png = base64.b64encode(page.screenshot(caret="hide", animations="disabled")).decode()
    reader = page.context.new_page()
    try:
        found: FloatRect | None = reader.evaluate(EXTENT, [png, colour])
        return found
    finally:
        reader.close()
