// The themes that are always there, and which place of a palette each meaning takes unless a theme says otherwise.

extension Theme {
    /// Bright on dark.
    public static let dark = Theme(name: "dark", variant: .dark)
    /// Dark on bright.
    public static let light = Theme(name: "light", variant: .light)
    /// No colours at all, attributes only: for `NO_COLOR` and terminals without colours.
    public static let mono = Theme(name: "mono", variant: .dark, overrides: monoOverrides)
    /// The built-in themes, in the order a chooser shows them.
    public static let builtIn: [Theme] = [dark, light, mono]

    /// The built-in theme of that name.
    public static func builtIn(named name: String) -> Theme? { builtIn.first { $0.name == name } }

    static let darkPalette: [RGB] =
        [
            0x14171C, 0x1D2129, 0x2C3340, 0x6B7585, 0x98A2B3, 0xD3D9E3, 0xE6EAF0, 0xF7F9FB,
            0xF2777A, 0xF29E6B, 0xE6C35C, 0x8CC97C, 0x6CC7C7, 0x7FB2F0, 0xC99BEC, 0xC28D75,
        ].map { RGB(UInt32($0)) }
        + [0x14171C, 0x0E1014, 0xF2777A, 0xE6C35C, 0x8CC97C, 0x6CC7C7, 0x7FB2F0, 0xC99BEC]
        .map { RGB(UInt32($0)) }

    static let lightPalette: [RGB] =
        [
            0xFBFBF8, 0xEFEFEA, 0xD9DFE8, 0x8A9099, 0x5A6068, 0x24292F, 0x171B20, 0x0B0D10,
            0xB3261E, 0x9A4A00, 0x7A5B00, 0x2B6A2F, 0x0B6A72, 0x1F55B5, 0x8A2FA0, 0x7A4A35,
        ].map { RGB(UInt32($0)) }
        + [0xFBFBF8, 0xFFFFFF, 0xB3261E, 0x7A5B00, 0x2B6A2F, 0x0B6A72, 0x1F55B5, 0x8A2FA0]
        .map { RGB(UInt32($0)) }

    /// The look of each dotted name in terms of the palette, by base16's conventions: 08 red, 09 orange, 0A yellow,
    /// 0B green, 0C cyan, 0D blue, 0E magenta.
    static let defaults: [String: StyleSpec] = [
        "text": spec(5, on: 0), "dim": spec(4), "label": spec(4), "value": spec(6, .bold),
        "title": spec(5), "title.focused": spec(0xD, .bold),
        "border": spec(3), "border.focused": spec(0xD),
        "header": spec(5, on: 1), "header.live": spec(0xB, .bold), "header.paused": spec(0xA, [.bold, .reverse]),
        "header.replay": spec(0xE, [.bold, .reverse]), "header.read-only": spec(0x9, .bold),
        "recording": spec(8, on: 1), "recording.stopped": spec(8, [.bold, .reverse]),
        "column": spec(4, .bold), "column.sorted": spec(0xD, .bold),
        "key": spec(0xD, .bold), "key.disabled": spec(3, .dim),
        "error": spec(8, .bold), "warning": spec(0xA), "success": spec(0xB), "info": spec(0xC),
        "cursor": StyleSpec(nil, on: .palette(2), .bold),
        "cursor.resting": StyleSpec(nil, on: .palette(1), removing: .bold),
        "selection": StyleSpec(.palette(0xA), on: nil, .bold), "match": StyleSpec(nil, on: nil, .underline),
        "faded": StyleSpec(.palette(3), on: .palette(0), removing: [.bold, .reverse]),
        "input": spec(6, on: 1), "input.error": spec(8, [.underline, .bold]),
        "dialog": spec(5, on: 1), "dialog.border": spec(0xD), "button": spec(5, on: 1),
        "button.focused": spec(0xD, [.bold, .reverse]), "link": spec(0xD, .underline),
        "node": spec(5), "node.joining": spec(0xC), "node.booting": spec(0xC), "node.ready": spec(0xB),
        "node.draining": spec(0xA), "node.drained": spec(4), "node.held": spec(0x9),
        "node.unreachable": spec(0x9, .bold),
        "node.lost": spec(8, .bold), "node.removed": spec(4, .dim),
        "offer": spec(0xC), "offer.accepted": spec(0xB), "offer.declined": spec(4), "offer.timed-out": spec(0x9),
        "offer.rescinded": spec(0xE),
        "task": spec(5), "task.queued": spec(0xA), "task.held": spec(0x9), "task.offered": spec(0xC),
        "task.staging": spec(0xC), "task.running": spec(0xB), "task.killing": spec(0x9), "task.finished": spec(4),
        "task.failed": spec(8, .bold), "task.killed": spec(0xE), "task.lost": spec(8, [.bold, .underline]),
        "cost": spec(5), "cost.near": spec(0xA, .bold), "cost.over": spec(8, [.bold, .reverse]), "cost.idle": spec(0x9),
        "chart.low": spec(0xB), "chart.mid": spec(0xA), "chart.high": spec(8), "chart.track": spec(3),
        "chart.axis": spec(4),
        "timeline": spec(0xC), "timeline.position": spec(0xE, [.bold, .reverse]), "timeline.mark": spec(0xA, .bold),
        "event": spec(5), "event.scale": spec(0xC), "event.node": spec(0xD), "event.task": spec(5),
        "event.cost": spec(0xA), "event.operator": spec(0xE),
        "autoscaler": spec(0xB), "autoscaler.off": spec(4), "autoscaler.dry-run": spec(0xA),
        "role": spec(0xE), "pool": spec(0xD),
    ]

    /// Every meaning without a colour; what must not be missed is bold, reversed or underlined.
    private static let monoOverrides: [String: StyleSpec] = {
        var specs: [String: StyleSpec] = [:]
        for (name, spec) in defaults {
            let overlay = ["cursor", "cursor.resting", "selection", "match", "faded"].contains(name)
            specs[name] = overlay ? StyleSpec() : StyleSpec(.terminal, on: .terminal, spec.adding)
        }
        specs["cursor"] = StyleSpec(.terminal, on: .terminal, .reverse)
        specs["cursor.resting"] = StyleSpec(.terminal, on: .terminal, .underline)
        specs["selection"] = StyleSpec(.terminal, on: .terminal, .bold)
        specs["faded"] = StyleSpec(.terminal, on: .terminal, .dim)
        for name in ["dim", "label", "border", "chart.track", "node.drained", "task.finished", "autoscaler.off"] {
            specs[name] = StyleSpec(.terminal, on: .terminal, .dim)
        }
        for name in ["node.draining", "node.held", "warning", "cost.idle"] {
            specs[name] = StyleSpec(.terminal, on: .terminal, .underline)
        }
        return specs
    }()

    private static func spec(_ place: Int, on behind: Int? = nil, _ adding: TextAttributes = []) -> StyleSpec {
        StyleSpec(.palette(place), on: behind.map { .palette($0) }, adding)
    }
}
