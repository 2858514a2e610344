"""Draws lines on logarithmic axes, as SVG."""

import math

COLOURS = ["#b3412c", "#2c6fb3", "#3a8f4d", "#8a5fb0", "#a87a1f"]
WIDTH, HEIGHT = 420, 320
LEFT, RIGHT, TOP, BOTTOM = 62, 14, 34, 46


def panels(parts, x_label):
    """One picture of panels side by side: each a title and its series, name to points."""
    body = "".join(panel(title, series, x_label, number * WIDTH) for number, (title, series) in enumerate(parts))
    total = WIDTH * len(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total} {HEIGHT}" width="{total}" height="{HEIGHT}" '
        f'font-family="sans-serif" font-size="11">\n<rect width="{total}" height="{HEIGHT}" fill="#fff"/>\n{body}</svg>\n'
    )


def panel(title, series, x_label, offset):
    xs = [x for points in series.values() for x, _ in points]
    ys = [max(y, 1e-3) for points in series.values() for _, y in points]
    x_range = (math.floor(math.log10(min(xs))), math.ceil(math.log10(max(xs))))
    y_range = (math.floor(math.log10(min(ys))), math.ceil(math.log10(max(ys))))

    def place(value, low_high, start, length):
        low, high = low_high
        return start + (math.log10(max(value, 1e-3)) - low) / max(high - low, 1) * length

    def x_of(value):
        return offset + place(value, x_range, LEFT, WIDTH - LEFT - RIGHT)

    def y_of(value):
        return HEIGHT - place(value, y_range, BOTTOM, HEIGHT - TOP - BOTTOM)

    out = [f'<text x="{offset + LEFT}" y="18" font-weight="bold">{title}</text>']
    for exponent in range(x_range[0], x_range[1] + 1):
        x = x_of(10**exponent)
        out.append(f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{HEIGHT - BOTTOM}" stroke="#ddd"/>')
        out.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 15}" text-anchor="middle">{10**exponent:,}</text>')
    for exponent in range(y_range[0], y_range[1] + 1):
        y = y_of(10**exponent)
        label = f"{10**exponent:,}" if exponent >= 0 else f"{10**exponent:g}"
        out.append(f'<line x1="{offset + LEFT}" y1="{y:.1f}" x2="{offset + WIDTH - RIGHT}" y2="{y:.1f}" stroke="#ddd"/>')
        out.append(f'<text x="{offset + LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{label}</text>')
    out.append(f'<text x="{offset + (LEFT + WIDTH - RIGHT) / 2:.0f}" y="{HEIGHT - 10}" text-anchor="middle">{x_label}</text>')
    for number, (name, points) in enumerate(series.items()):
        colour = COLOURS[number % len(COLOURS)]
        path = " ".join(f"{x_of(x):.1f},{y_of(y):.1f}" for x, y in points)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out += [f'<circle cx="{x_of(x):.1f}" cy="{y_of(y):.1f}" r="3" fill="{colour}"/>' for x, y in points]
        x = offset + LEFT + 8 + number * 78
        out.append(f'<rect x="{x}" y="24" width="10" height="3" fill="{colour}"/><text x="{x + 14}" y="29">{name}</text>')
    return "\n".join(out) + "\n"
