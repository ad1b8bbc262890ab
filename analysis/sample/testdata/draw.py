"""The draw of analysis.Draw once more, in another language and in another style.

It prints the selections that TestDrawRepeatedElsewhere expects:  python3 draw.py
"""

MASK64, MASK128 = (1 << 64) - 1, (1 << 128) - 1


def pcg_dxsm(seed):
    state = seed << 64
    while True:
        state = (state * 0x2360ED051FC65DA44385DF649FCCF645 + 0x5851F42D4C957F2D14057B7EF767814F) & MASK128
        high, low = state >> 64, state & MASK64
        high ^= high >> 32
        high = high * 0xDA942042E4DD58B5 & MASK64
        high ^= high >> 48
        yield high * (low | 1) & MASK64


def by_point(rows, sizes, wanted, number):
    """Every row whose stretch of the cumulated sizes holds a point of the grid."""
    certain = []
    while True:
        total, n = sum(sizes[i] for i in rows), wanted - len(certain)
        sure = [i for i in rows if n and sizes[i] and n * sizes[i] >= total]
        if not sure:
            break
        certain += sure
        rows = [i for i in rows if i not in sure]
    stretch = [i for i in rows for _ in range(sizes[i] * n)]
    start = number * total >> 64
    return certain + [stretch[start + j * total] for j in range(n)]


def draw(method, strata, sizes, sample, reserve, seed):
    numbers = pcg_dxsm(seed)
    drawn, spare = [], []
    if method == "random":
        lot = [next(numbers) for _ in strata]
    for h in range(len(sample)):
        rows = [i for i, s in enumerate(strata) if s == h]
        if method == "random":
            rows.sort(key=lambda i: lot[i])
            drawn += rows[: sample[h]]
            spare += rows[sample[h] : sample[h] + reserve[h]]
            continue
        first, second = next(numbers), next(numbers)
        chosen = by_point(rows, sizes, sample[h], first)
        drawn += chosen
        spare += by_point([i for i in rows if i not in chosen], sizes, reserve[h], second)
    return drawn, spare


if __name__ == "__main__":
    strata = [i * i % 3 for i in range(40)]
    sizes = [5 + 7 * i % 31 + (200 if i == 20 else 0) for i in range(40)]
    for method in ("random", "systematic", "pps"):
        ones = sizes if method == "pps" else [1] * 40
        print(method, *draw(method, strata, ones, [5, 6], [2, 3], 20260115))
