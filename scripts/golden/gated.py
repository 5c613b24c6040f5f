"""Gated cells, each as its paper writes it (weights under our names): `CELLS` maps a file's name to a transcription."""

from collections.abc import Callable

import torch

from transcribed import HIDDEN, INPUT, Tensors, Transcription, relu

H, I = HIDDEN, INPUT
Step = tuple[torch.Tensor, Tensors]
SIGMA, TANH = torch.sigmoid, torch.tanh


def blocks(letters: str) -> dict[str, tuple[int, ...]]:
    """Per letter a matrix on the input, one on the state and a bias."""
    shapes = {}
    for letter in letters:
        shapes |= {f"w_x{letter}": (H, I), f"w_h{letter}": (H, H), f"b_{letter}": (H,)}
    return shapes


def net(p: Tensors, letter: str, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return x @ p[f"w_x{letter}"].T + y @ p[f"w_h{letter}"].T + p[f"b_{letter}"]


def lstm_1997(squashing: str, gate_recurrence: bool = False) -> Transcription:
    """Hochreiter and Schmidhuber 1997, appendix A.1: s_c(t) = s_c(t-1) + y_in g(net_c), y_c = y_out h(s_c)."""
    # Whose activities of the step before a unit's net input sums up, beside the cells'.
    seen = "io" if gate_recurrence else ""

    def f(z):
        return 1 / (1 + torch.exp(-z))

    def g(z):
        return 4 / (1 + torch.exp(-z)) - 2 if squashing == "logistic" else TANH(z)

    def h(s):
        return 2 / (1 + torch.exp(-s)) - 1 if squashing == "logistic" else TANH(s)

    def step(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
        def net_of(unit: str) -> torch.Tensor:
            return net(p, unit, x, state["h"]) + sum(state[u] @ p[f"w_{u}{unit}"].T for u in seen)

        y_in, y_out = f(net_of("i")), f(net_of("o"))
        s = state["c"] + y_in * g(net_of("g"))
        y = y_out * h(s)
        return y, {"h": y, "c": s} | ({"i": y_in, "o": y_out} if gate_recurrence else {})

    about = f"c = c + i g(z), h = o h(c), no forget gate; {squashing} g and h"
    if gate_recurrence:
        about += "; gates and candidate see the gates of the step before"
    settings = {"kind": "lstm-1997", "squashing": squashing, "gate-recurrence": gate_recurrence}
    shapes = blocks("igo") | {f"w_{u}{unit}": (H, H) for u in seen for unit in "igo"}
    return Transcription(about, settings, shapes, {"h": H, "c": H} | {u: H for u in seen}, step)


def odyssey(settings: dict, about: str, letters: str, change: str = "", peepholes: bool = True) -> Transcription:
    """Greff et al. 2017, section II and III-C: the vanilla LSTM (change "") and its variants by the paper's names."""
    gates = [gate for gate in letters if gate != "g"]
    shapes = blocks(letters)
    if peepholes:
        shapes |= {f"p_{gate}": (H,) for gate in gates}
    if change == "FGR":
        shapes |= {f"w_{source}{gate}": (H, H) for source in "ifo" for gate in gates}
    states = {"h": H, "c": H} | ({gate: H for gate in gates} if change == "FGR" else {})

    def step(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
        y, c_before = state["h"], state["c"]

        def gate(letter: str, c: torch.Tensor) -> torch.Tensor:
            bar = net(p, letter, x, y)
            if peepholes:
                bar = bar + p[f"p_{letter}"] * c
            if change == "FGR":
                bar = bar + sum(state[source] @ p[f"w_{source}{letter}"].T for source in "ifo")
            return SIGMA(bar)

        one = torch.ones_like(y)
        bar_z = net(p, "g", x, y)
        z = bar_z if change == "NIAF" else TANH(bar_z)
        f = one if change == "NFG" else gate("f", c_before)
        i = one if change == "NIG" else 1 - f if change == "CIFG" else gate("i", c_before)
        c = z * i + c_before * f
        o = one if change == "NOG" else gate("o", c)
        y = (c if change == "NOAF" else TANH(c)) * o
        return y, {"h": y, "c": c} | ({"i": i, "f": f, "o": o} if change == "FGR" else {})

    return Transcription(about, settings, shapes, states, step)


def ablated(change: str, without: str, letters: str, peepholes: bool = True) -> Transcription:
    settings = {"kind": "lstm-ablated", "without": without, "peepholes": peepholes}
    about = f"the LSTM {'with' if peepholes else 'without'} peepholes, {change}: without its {without}"
    return odyssey(settings, about, letters, change, peepholes)


def lstm_layer_norm() -> Transcription:
    """Ba, Kiros and Hinton 2016, eq. 20-22, and eq. 4 for LN."""

    def ln(z, alpha, beta):
        mu = z.mean(dim=1, keepdim=True)
        sigma = torch.sqrt(((z - mu) ** 2).mean(dim=1, keepdim=True) + 1e-5)
        return (z - mu) / sigma * alpha + beta

    def step(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
        # The parameters of all four blocks, one above the other.
        w_h, alpha_1, beta_1 = (torch.cat([p[f"{kind}_h{gate}"] for gate in "fiog"]) for kind in ("w", "gain", "shift"))
        w_x, alpha_2, beta_2 = (torch.cat([p[f"{kind}_x{gate}"] for gate in "fiog"]) for kind in ("w", "gain", "shift"))
        b = torch.cat([p[f"b_{gate}"] for gate in "fiog"])
        summed = ln(state["h"] @ w_h.T, alpha_1, beta_1) + ln(x @ w_x.T, alpha_2, beta_2) + b
        f, i, o, g = summed.chunk(4, dim=1)
        c = SIGMA(f) * state["c"] + SIGMA(i) * TANH(g)
        h = SIGMA(o) * TANH(ln(c, p["gain_c"], p["shift_c"]))
        return h, {"h": h, "c": c}

    normalized = [f"{source}{gate}" for source in "hx" for gate in "fiog"] + ["c"]
    shapes = blocks("fiog") | {f"{kind}_{of}": (H,) for of in normalized for kind in ("gain", "shift")}
    about = "(f, i, o, g) = LN(W_h h) + LN(W_x x) + b, c = s(f) c + s(i) tanh(g), h = s(o) tanh(LN(c))"
    centres = {f"gain_{of}": 1.0 for of in normalized}
    settings = {"kind": "lstm-layer-norm", "epsilon": 1e-5}
    return Transcription(about, settings, shapes, {"h": H, "c": H}, step, centres)


# Dey and Salem 2017 (GRU1-3), Heck and Salem 2017 (MGU1-3): what is left of W x + U h + b in every gate.
REDUCED = {0: "all", 1: "state-and-bias", 2: "state", 3: "bias"}


def reduced_shapes(letter: str, variant: int) -> dict[str, tuple[int, ...]]:
    return {
        name: shape
        for name, shape in blocks(letter).items()
        if not (variant and name[:3] == "w_x" or variant == 2 and name[0] == "b" or variant == 3 and name[0] == "w")
    }


def reduced_gate(p: Tensors, letter: str, variant: int, x: torch.Tensor, h: torch.Tensor) -> torch.Tensor:
    if variant == 0:
        return SIGMA(net(p, letter, x, h))
    if variant == 1:
        return SIGMA(h @ p[f"w_h{letter}"].T + p[f"b_{letter}"])
    if variant == 2:
        return SIGMA(h @ p[f"w_h{letter}"].T)
    return SIGMA(p[f"b_{letter}"]).expand_as(h)


def gru(variant: int) -> Transcription:
    """Dey and Salem 2017, eq. 5-8 and its GRU1-3, whose z is our 1 - u (so 1 - z is the sigmoid of our weights)."""

    def step(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
        h = state["h"]
        z, r = 1 - reduced_gate(p, "u", variant, x, h), reduced_gate(p, "r", variant, x, h)
        h_tilde = TANH(net(p, "n", x, r * h))
        h = (1 - z) * h + z * h_tilde
        return h, {"h": h}

    shapes = reduced_shapes("r", variant) | reduced_shapes("u", variant) | blocks("n")
    settings = {"kind": "gru", "reset": "before-matrix", "gate-inputs": REDUCED[variant]}
    return Transcription(f"GRU{variant}: gates of {REDUCED[variant]}", settings, shapes, {"h": H}, step)


def gru_update_only(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
    """Cho et al. 2014, eq. 5-8, with r = 1."""
    h = state["h"]
    z = SIGMA(net(p, "u", x, h))
    h = z * h + (1 - z) * TANH(net(p, "n", x, h))
    return h, {"h": h}


def gru_reset_only(reset: str) -> Transcription:
    """Cho et al. 2014, eq. 5-8, with z = 0; after-matrix as torch.nn.GRU's candidate."""

    def step(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
        h = state["h"]
        r = SIGMA(net(p, "r", x, h))
        memory = r * (h @ p["w_hn"].T + p["b_hn"]) if reset == "after-matrix" else (r * h) @ p["w_hn"].T
        h = TANH(x @ p["w_xn"].T + p["b_n"] + memory)
        return h, {"h": h}

    shapes = blocks("rn") | ({"b_hn": (H,)} if reset == "after-matrix" else {})
    settings = {"kind": "gru", "gates": "reset-only", "reset": reset}
    return Transcription(f"h = n, no update gate, reset {reset}", settings, shapes, {"h": H}, step)


def mgu(variant: int) -> Transcription:
    """Zhou et al. 2016, table 1; Heck and Salem 2017 for the variants."""

    def step(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
        h = state["h"]
        f = reduced_gate(p, "f", variant, x, h)
        h_tilde = TANH((f * h) @ p["w_hn"].T + x @ p["w_xn"].T + p["b_n"])
        h = (1 - f) * h + f * h_tilde
        return h, {"h": h}

    settings = {"kind": "mgu", "gate-inputs": REDUCED[variant]}
    about = f"h = (1 - f) h + f n, n = tanh(W x + U (f h) + b), f of {REDUCED[variant]}"
    return Transcription(about, settings, reduced_shapes("f", variant) | blocks("n"), {"h": H}, step)


def janet(beta: float) -> Transcription:
    """van der Westhuizen and Lasenby 2018, section 3."""

    def step(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
        s = net(p, "f", x, state["h"])
        c = SIGMA(s) * state["h"] + (1 - SIGMA(s - beta)) * TANH(net(p, "g", x, state["h"]))
        return c, {"h": c}

    about = f"s = W x + U h + b, h = s(s) h + (1 - s(s - {beta:g})) g"
    return Transcription(about, {"kind": "janet", "beta": beta}, blocks("fg"), {"h": H}, step)


def mut1(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
    """Jozefowicz, Zaremba and Sutskever 2015, section 4; W_xh x for x in tanh(x)."""
    h = state["h"]
    z = SIGMA(x @ p["w_xz"].T + p["b_z"])
    r = SIGMA(x @ p["w_xr"].T + h @ p["w_hr"].T + p["b_r"])
    h = TANH((r * h) @ p["w_hh"].T + TANH(x @ p["w_xh"].T) + p["b_h"]) * z + h * (1 - z)
    return h, {"h": h}


def mut2(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
    """As MUT1's source; W_xr x for x in r."""
    h = state["h"]
    z = SIGMA(x @ p["w_xz"].T + h @ p["w_hz"].T + p["b_z"])
    r = SIGMA(x @ p["w_xr"].T + h @ p["w_hr"].T + p["b_r"])
    h = TANH((r * h) @ p["w_hh"].T + x @ p["w_xh"].T + p["b_h"]) * z + h * (1 - z)
    return h, {"h": h}


def mut3(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
    """As MUT1's source."""
    h = state["h"]
    z = SIGMA(x @ p["w_xz"].T + TANH(h) @ p["w_hz"].T + p["b_z"])
    r = SIGMA(x @ p["w_xr"].T + h @ p["w_hr"].T + p["b_r"])
    h = TANH((r * h) @ p["w_hh"].T + x @ p["w_xh"].T + p["b_h"]) * z + h * (1 - z)
    return h, {"h": h}


def minimal_rnn(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
    """Chen 2017, the update of MinimalRNN."""
    h = state["h"]
    z = TANH(x @ p["w_xz"].T + p["b_z"])
    u = SIGMA(h @ p["w_hu"].T + z @ p["w_zu"].T + p["b_u"])
    h = u * h + (1 - u) * z
    return h, {"h": h}


def cfn(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
    """Laurent and von Brecht 2017, section 1."""
    h = state["h"]
    theta, eta = SIGMA(net(p, "f", x, h)), SIGMA(net(p, "i", x, h))
    h = theta * TANH(h) + eta * TANH(x @ p["w_xh"].T)
    return h, {"h": h}


def ugrnn(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
    """Collins, Sohl-Dickstein and Sussillo 2017, section 2."""
    h = state["h"]
    c = TANH(h @ p["w_hc"].T + x @ p["w_xc"].T + p["b_c"])
    g = SIGMA(h @ p["w_hg"].T + x @ p["w_xg"].T + p["b_g"])
    h = g * h + (1 - g) * c
    return h, {"h": h}


def fast_rnn(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
    """Kusupati et al. 2018, section 3.1, with a sigmoid around alpha and beta as in EdgeML."""
    h = state["h"]
    h_tilde = TANH(x @ p["w_xh"].T + h @ p["w_hh"].T + p["b_h"])
    h = SIGMA(p["alpha"]) * h_tilde + SIGMA(p["beta"]) * h
    return h, {"h": h}


def fast_grnn(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
    """Kusupati et al. 2018, section 3.2, with a sigmoid around zeta and nu as in EdgeML."""
    h = state["h"]
    shared = x @ p["w_x"].T + h @ p["w_h"].T
    z, h_tilde = SIGMA(shared + p["b_z"]), TANH(shared + p["b_n"])
    h = (SIGMA(p["zeta"]) * (1 - z) + SIGMA(p["nu"])) * h_tilde + z * h
    return h, {"h": h}


def li_gru(normalization: str) -> Transcription:
    """Ravanelli et al. 2018, section III, with torch's layer normalization in place of batch normalization."""

    def norm(p: Tensors, letter: str, z: torch.Tensor) -> torch.Tensor:
        if normalization == "none":
            return z + p[f"b_{letter}"]
        return torch.nn.functional.layer_norm(z, (H,), p[f"gain_{letter}"], p[f"shift_{letter}"], eps=1e-5)

    def step(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
        h = state["h"]
        z = SIGMA(norm(p, "z", x @ p["w_xz"].T) + h @ p["w_hz"].T)
        h_tilde = relu(norm(p, "n", x @ p["w_xn"].T) + h @ p["w_hn"].T)
        h = z * h + (1 - z) * h_tilde
        return h, {"h": h}

    shapes = blocks("zn")
    if normalization == "layer":
        shapes = {name: shape for name, shape in shapes.items() if name[0] == "w"}
        shapes |= {f"{kind}_{letter}": (H,) for letter in "zn" for kind in ("gain", "shift")}
    settings = {"kind": "li-gru", "normalization": normalization}
    about = f"z = s(N(W x) + U h), n = relu(N(W x) + U h), h = z h + (1 - z) n; normalization: {normalization}"
    return Transcription(about, settings, shapes, {"h": H}, step, {"gain_z": 1.0, "gain_n": 1.0})


def rhn(depth: int, coupled: bool) -> Transcription:
    """Zilly et al. 2017, eq. 6-9."""
    letters = "nt" if coupled else "ntc"

    def step(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
        s = state["h"]
        for layer in range(1, depth + 1):
            z = {}
            for letter in letters:
                z[letter] = s @ p[f"w_h{letter}{layer}"].T + p[f"b_{letter}{layer}"]
                if layer == 1:
                    z[letter] = x @ p[f"w_x{letter}"].T + z[letter]
            h, t = TANH(z["n"]), SIGMA(z["t"])
            c = 1 - t if coupled else SIGMA(z["c"])
            s = h * t + s * c
        return s, {"h": s}

    shapes = {f"w_x{letter}": (H, I) for letter in letters}
    for layer in range(1, depth + 1):
        for letter in letters:
            shapes |= {f"w_h{letter}{layer}": (H, H), f"b_{letter}{layer}": (H,)}
    about = f"{depth} highway layers, s = t n + c s, {'c = 1 - t' if coupled else 'c a gate of its own'}"
    return Transcription(about, {"kind": "rhn", "depth": depth, "coupled": coupled}, shapes, {"h": H}, step)


def candidate(kind: str) -> Callable[[torch.Tensor], torch.Tensor]:
    """Feng et al. 2024, appendix B: g(x) = x + 0.5 where x >= 0, else sigmoid(x)."""
    return (lambda z: z) if kind == "linear" else (lambda z: torch.where(z >= 0, z + 0.5, SIGMA(z)))


def min_gru(kind: str) -> Transcription:
    """Feng et al. 2024, section 3.1."""

    def step(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
        z = SIGMA(x @ p["w_xz"].T + p["b_z"])
        h = (1 - z) * state["h"] + z * candidate(kind)(x @ p["w_xn"].T + p["b_n"])
        return h, {"h": h}

    shapes = {"w_xz": (H, I), "b_z": (H,), "w_xn": (H, I), "b_n": (H,)}
    about = f"z = s(W x + b), n = g(W x + b), h = (1 - z) h + z n; g {kind}"
    return Transcription(about, {"kind": "min-gru", "candidate": kind}, shapes, {"h": H}, step)


def min_lstm(kind: str) -> Transcription:
    """Feng et al. 2024, section 3.2."""

    def step(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
        f, i = (SIGMA(x @ p[f"w_x{gate}"].T + p[f"b_{gate}"]) for gate in "fi")
        f, i = f / (f + i), i / (f + i)
        h = f * state["h"] + i * candidate(kind)(x @ p["w_xn"].T + p["b_n"])
        return h, {"h": h}

    shapes = {name: shape for letter in "fin" for name, shape in {f"w_x{letter}": (H, I), f"b_{letter}": (H,)}.items()}
    about = f"f, i = s(W x + b), h = f/(f + i) h + i/(f + i) g(W x + b); g {kind}"
    return Transcription(about, {"kind": "min-lstm", "candidate": kind}, shapes, {"h": H}, step)


def scrn(trained: bool) -> Transcription:
    """Mikolov et al. 2015, section 3, also for trained alpha; U h + V s is the readout of (h, s)."""
    context, alpha = 3, 0.75

    def step(p: Tensors, x: torch.Tensor, state: Tensors) -> Step:
        q = SIGMA(p["q"]) if trained else alpha
        s = (1 - q) * (x @ p["w_xs"].T) + q * state["s"]
        h = SIGMA(s @ p["w_sh"].T + x @ p["w_xh"].T + state["h"] @ p["w_hh"].T)
        return torch.cat([h, s], dim=1), {"h": h, "s": s}

    shapes = {"w_xs": (context, I), "w_sh": (H, context), "w_xh": (H, I), "w_hh": (H, H)}
    shapes |= {"q": (context,)} if trained else {}
    settings = {"kind": "scrn", "context": context, "alpha": alpha, "trained": trained}
    about = f"s = a s + (1 - a) B x, h = s(P s + A x + R h), a {'= s(q), trained' if trained else 'fixed'}"
    return Transcription(about, settings, shapes, {"h": H, "s": context}, step)


def plain(kind: str, about: str, shapes: dict[str, tuple[int, ...]], step, **settings) -> Transcription:
    return Transcription(about, {"kind": kind, **settings}, shapes, {"h": H}, step)


CELLS = {
    "lstm-1997": lstm_1997("logistic"),
    "lstm-1997-tanh": lstm_1997("tanh"),
    "lstm-1997-gate-recurrence": lstm_1997("logistic", gate_recurrence=True),
    "lstm-peephole": odyssey(
        {"kind": "lstm-peephole"}, "the vanilla LSTM: i and f see c before the step, o sees c after it", "ifgo"
    ),
    "lstm-coupled": odyssey({"kind": "lstm-coupled"}, "CIFG: i = 1 - f", "fgo", "CIFG"),
    "lstm-coupled-no-peepholes": odyssey(
        {"kind": "lstm-coupled", "peepholes": False}, "CIFG without peepholes", "fgo", "CIFG", peepholes=False
    ),
    "lstm-no-input-gate": ablated("NIG", "input-gate", "fgo"),
    "lstm-no-forget-gate": ablated("NFG", "forget-gate", "igo"),
    "lstm-no-output-gate": ablated("NOG", "output-gate", "ifg"),
    "lstm-no-input-activation": ablated("NIAF", "input-activation", "ifgo"),
    "lstm-no-output-activation": ablated("NOAF", "output-activation", "ifgo"),
    "lstm-no-input-gate-no-peepholes": ablated("NIG", "input-gate", "fgo", peepholes=False),
    "lstm-full-gate-recurrence": odyssey(
        {"kind": "lstm-full-gate-recurrence"}, "FGR: every gate sees all gates of the step before", "ifgo", "FGR"
    ),
    "lstm-layer-norm": lstm_layer_norm(),
    "gru-1": gru(1),
    "gru-2": gru(2),
    "gru-3": gru(3),
    "gru-update-only": plain(
        "gru", "h = u h + (1 - u) n, no reset gate", blocks("un"), gru_update_only, gates="update-only"
    ),
    "gru-reset-only-after": gru_reset_only("after-matrix"),
    "gru-reset-only-before": gru_reset_only("before-matrix"),
    "mgu": mgu(0),
    "mgu-1": mgu(1),
    "mgu-2": mgu(2),
    "mgu-3": mgu(3),
    "janet": janet(1.0),
    "mut1": plain(
        "mut1",
        "h = z tanh(U (r h) + tanh(W x) + b) + (1 - z) h, z of x alone",
        {name: shape for name, shape in blocks("zrh").items() if name not in ("w_hz",)},
        mut1,
    ),
    "mut2": plain("mut2", "h = z tanh(U (r h) + W x + b) + (1 - z) h", blocks("zrh"), mut2),
    "mut3": plain("mut3", "h = z tanh(U (r h) + W x + b) + (1 - z) h, z of tanh(h)", blocks("zrh"), mut3),
    "minimal-rnn": plain(
        "minimal-rnn",
        "z = tanh(W x + b), u = s(U h + V z + b), h = u h + (1 - u) z",
        {"w_xz": (H, I), "b_z": (H,), "w_hu": (H, H), "w_zu": (H, H), "b_u": (H,)},
        minimal_rnn,
    ),
    "cfn": plain("cfn", "h = f tanh(h) + i tanh(W x)", blocks("fi") | {"w_xh": (H, I)}, cfn),
    "ugrnn": plain("ugrnn", "h = g h + (1 - g) c", blocks("cg"), ugrnn),
    "fast-rnn": plain(
        "fast-rnn", "h = s(a) tanh(W x + U h + b) + s(b) h", blocks("h") | {"alpha": (1,), "beta": (1,)}, fast_rnn
    ),
    "fast-grnn": plain(
        "fast-grnn",
        "z, n of W x + U h, h = (s(zeta) (1 - z) + s(nu)) n + z h",
        {"w_x": (H, I), "w_h": (H, H), "b_z": (H,), "b_n": (H,), "zeta": (1,), "nu": (1,)},
        fast_grnn,
    ),
    "li-gru": li_gru("layer"),
    "li-gru-plain": li_gru("none"),
    "rhn": rhn(3, coupled=True),
    "rhn-uncoupled": rhn(2, coupled=False),
    "min-gru": min_gru("linear"),
    "min-gru-positive": min_gru("positive"),
    "min-lstm": min_lstm("linear"),
    "min-lstm-positive": min_lstm("positive"),
    "scrn": scrn(trained=False),
    "scrn-trained": scrn(trained=True),
}
