#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Read a bundle's Turtle: make a C header and a manifest of it, check it.

    ports.py header   FOLDER                      > remanence_ports.h
    ports.py manifest FOLDER BINARY [PRESET...]   > manifest.ttl
    ports.py check    FOLDER [PRESET...]

FOLDER holds what describes the plugins, in *.ttl.  Reads the part of Turtle
that bundles use and stops at anything else.
"""

import glob
import os
import re
import sys

LV2 = "http://lv2plug.in/ns/lv2core#"
PG = "http://lv2plug.in/ns/ext/port-groups#"
PSET = "http://lv2plug.in/ns/ext/presets#"
STATE = "http://lv2plug.in/ns/ext/state#"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
RDFS_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
MODEL = "urn:remanence:model"

TOKEN = re.compile(
    r'(?P<skip>\s+|\#[^\n]*)|(?P<iri><[^<>\s]*>)'
    r'|(?P<text>"""(?:[^\\]|\\.)*?"""|"(?:[^"\\\n]|\\.)*")'
    r'|(?P<number>[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)'
    r'|(?P<prefix>@prefix)|(?P<lang>@[a-zA-Z-]+)|(?P<mark>[][;,.])'
    r'|(?P<name>[A-Za-z][\w-]*:[\w-]*|(?:a|true|false)\b)', re.S)


class Turtle:
    """Files as {subject: [(predicate, object)]}"""

    def __init__(self, *paths):
        self.graph = {}
        for path in paths:
            self.path, self.prefixes = path, {}
            with open(path, encoding="utf-8") as file:
                self.tokens = list(self.tokenize(file.read()))[::-1]
            while self.tokens:
                self.statement()

    def stop(self, words, line=None):
        sys.exit(f"{self.path}:{line + 1}: {words}" if line is not None
                 else f"{self.path}: {words}")

    def tokenize(self, source):
        at = 0
        while at < len(source):
            match, line = TOKEN.match(source, at), source.count("\n", 0, at)
            if not match:
                self.stop("cannot read this Turtle", line)
            at = match.end()
            if match.lastgroup != "skip":
                yield match.lastgroup, match.group(), line

    def take(self, wanted=None):
        if not self.tokens:
            self.stop(f"ends where {wanted or 'more'} is expected")
        kind, value, line = self.tokens.pop()
        if wanted and value != wanted:
            self.stop(f"expected {wanted} instead of {value}", line)
        return kind, value

    def next_is(self, value):
        return bool(self.tokens) and self.tokens[-1][1] == value

    def statement(self):
        if self.tokens[-1][0] == "prefix":
            self.take()
            name, iri = self.take()[1], self.take()[1]
            self.prefixes[name[:-1]] = iri[1:-1]
        else:
            subject = self.node()
            self.graph.setdefault(subject, []).extend(self.properties("."))
        self.take(".")

    def properties(self, end):
        pairs = []
        while not self.next_is(end):
            predicate = self.node()
            pairs.append((predicate, self.node()))
            while self.next_is(","):
                self.take(",")
                pairs.append((predicate, self.node()))
            if self.next_is(";"):
                self.take(";")
            elif not self.next_is(end):
                self.take(end)
        return pairs

    def node(self):
        kind, value = self.take()
        if value == "[":
            pairs = self.properties("]")
            self.take("]")
            return pairs
        if kind == "iri":
            return value[1:-1]
        if kind == "number":
            return float(value)
        if kind == "text":
            if self.tokens and self.tokens[-1][0] == "lang":
                self.take()
            return value.strip('"')
        if kind == "name" and ":" in value:
            prefix, local = value.split(":", 1)
            if prefix not in self.prefixes:
                self.stop(f"prefix {prefix}: is not declared")
            return self.prefixes[prefix] + local
        if kind == "name":
            return {"a": RDF_TYPE}.get(value, value)
        return self.stop(f"did not expect {value}")

    def of_type(self, uri):
        return {s: p for s, p in self.graph.items() if (RDF_TYPE, uri) in p}


def all_of(pairs, predicate):
    return [value for key, value in pairs if key == predicate]


def numbered(turtle, pairs):
    """Return the ports of one plugin in index order, or stop with a reason"""
    ports = sorted((dict(port) | {"types": all_of(port, RDF_TYPE)}
                    for port in all_of(pairs, LV2 + "port")),
                   key=lambda port: port[LV2 + "index"])
    for i, port in enumerate(ports):
        symbol = port[LV2 + "symbol"]
        if port[LV2 + "index"] != i:
            turtle.stop(f"no port has index {i}, but {symbol} has "
                        f"{port[LV2 + 'index']:g}")
        if LV2 + "ControlPort" in port["types"]:
            limits = [port.get(LV2 + k) for k in ("minimum", "default",
                                                  "maximum")]
            if None in limits:
                turtle.stop(f"{symbol} lacks minimum, default or maximum")
            if limits != sorted(limits):
                turtle.stop(f"default of {symbol} is out of range")
    if len({port[LV2 + "symbol"] for port in ports}) != len(ports):
        turtle.stop("two ports share a symbol")
    return ports


def is_control(port):
    return {LV2 + "InputPort", LV2 + "ControlPort"} <= set(port["types"])


def is_signal(port):
    """Ports that differ between the plugins of a family"""
    return (PG + "group" in port or LV2 + "AudioPort" in port["types"]
            or LV2 + "CVPort" in port["types"])


def controls_of(ports):
    return [port for port in ports if is_control(port) and not is_signal(port)]


def family_of(uri):
    """urn:remanence:audio and urn:remanence:audio-stereo are one family"""
    return uri.split(":")[-1].split("-")[0]


def without_index(ports):
    return [{k: v for k, v in port.items() if k != LV2 + "index"}
            for port in ports]


def check_family(turtle, uri, ports, first):
    """Stop unless a plugin differs from the first of its family in nothing but
    signals and controls that come last"""
    controls = controls_of(ports)
    indices = [port[LV2 + "index"] for port in controls]
    if indices != list(range(int(indices[0]), int(indices[0]) + len(indices))):
        turtle.stop(f"the controls of <{uri}> do not stand side by side")
    split = [([p for p in without_index(some) if not is_signal(p)
               and not is_control(p)], without_index(controls_of(some)))
             for some in (ports, first)]
    n = len(split[1][1])
    if split[0][0] != split[1][0] or split[0][1][:n] != split[1][1]:
        turtle.stop(f"<{uri}> has other ports than the first of its family")


def plugins_of(turtle):
    """Return {URI: ports}, every family side by side, its first one first"""
    plugins = {uri: numbered(turtle, pairs) for uri, pairs
               in sorted(turtle.of_type(LV2 + "Plugin").items())}
    if not plugins:
        sys.exit("ports.py: the folder describes no plugin")
    for uri, ports in plugins.items():
        first = next(p for u, p in plugins.items()
                     if family_of(u) == family_of(uri))
        check_family(turtle, uri, ports, first)
    return plugins


def limits_of(port):
    return {key: port[LV2 + key] for key in ("minimum", "default", "maximum")
            if LV2 + key in port}


def prefix_of(name):
    return "REM_" + re.sub(r"\W", "_", name).upper()


def plugin_lines(uri, ports):
    """What is known of one plugin"""
    prefix, controls = prefix_of(uri.split(":")[-1]), controls_of(ports)
    out = [f'#define {prefix}_URI "{uri}"', "enum {"]
    out += [f"  {prefix}_{port[LV2 + 'symbol'].upper()} = {i},"
            for i, port in enumerate(ports)]
    return out + [f"  {prefix}_N_PORTS = {len(ports)}",
                  "};",
                  f"#define {prefix}_FIRST {controls[0][LV2 + 'index']:.0f}U",
                  f"#define {prefix}_N_CONTROLS {len(controls)}U", ""]


def family_lines(family, ports):
    """What the plugins of a family share: places, ranges, the table"""
    prefix, controls = prefix_of(family), controls_of(ports)
    out = [f"// Places of the control inputs in the table of the {family} "
           "plugins", "enum {"]
    out += [f"  {prefix}_AT_{port[LV2 + 'symbol'].upper()} = {i},"
            for i, port in enumerate(controls)]
    out += ["};"]
    for port in ports:
        out += [f"#define {prefix}_{port[LV2 + 'symbol'].upper()}"
                f"_{key[:3].upper()} ({x!r}f)"
                for key, x in limits_of(port).items()]
    out += ["", "/// X(NAME, symbol, minimum, default, maximum) of every "
            f"control input\n#define {prefix}_CONTROLS(X) \\"]
    for port in controls:
        limits = ", ".join(f"{x!r}f" for x in limits_of(port).values())
        symbol = port[LV2 + "symbol"]
        out.append(f'  X({symbol.upper()}, "{symbol}", {limits}) \\')
    return out + ["", ""]


def header(turtle):
    plugins = plugins_of(turtle)
    out = ["// Generated from the Turtle in ttl/; do not edit.",
           "", "#ifndef REM_PORTS_H", "#define REM_PORTS_H", ""]
    longest = {}
    for uri, ports in plugins.items():
        out += plugin_lines(uri, ports)
        family = family_of(uri)
        longest[family] = max(longest.get(family, []), ports,
                              key=lambda some: len(controls_of(some)))
    for family, ports in longest.items():
        out += family_lines(family, ports)
    n_ports = max(len(ports) for ports in plugins.values())
    n_controls = max(len(controls_of(p)) for p in plugins.values())
    out += [f"#define REM_MAX_PORTS {n_ports}U",
            f"#define REM_MAX_CONTROLS {n_controls}U"]
    return "\n".join(out + ["", "#endif // REM_PORTS_H", ""])


def presets_of(turtle, plugins):
    """Return the presets of a file as {URI: pairs}, or stop with a reason"""
    presets = turtle.of_type(PSET + "Preset")
    if not presets:
        turtle.stop("describes no preset")
    for uri, pairs in presets.items():
        if not all_of(pairs, RDFS_LABEL):
            turtle.stop(f"<{uri}> has no rdfs:label")
        owners = all_of(pairs, LV2 + "appliesTo")
        if not owners or set(owners) - set(plugins):
            turtle.stop(f"<{uri}> applies to {owners or 'nothing'}; expected "
                        + " or ".join(f"<{p}>" for p in plugins))
        for port in all_of(pairs, LV2 + "port"):
            check_value(turtle, dict(port), plugins[owners[0]])
        check_model(turtle, uri, pairs)
    return presets


def check_value(turtle, setting, ports):
    symbol, x = setting.get(LV2 + "symbol"), setting.get(PSET + "value")
    port = {p[LV2 + "symbol"]: p for p in ports}.get(symbol)
    if not port or port not in controls_of(ports):
        turtle.stop(f"no control is called {symbol}")
    lo, hi = port[LV2 + "minimum"], port[LV2 + "maximum"]
    if not isinstance(x, float) or not lo <= x <= hi:
        turtle.stop(f"{symbol} = {x} is out of range; expected {lo} to {hi}")


def check_model(turtle, uri, pairs):
    for state in all_of(pairs, STATE + "state"):
        for model in all_of(state, MODEL):
            path = os.path.join(os.path.dirname(turtle.path), str(model))
            if ":" in str(model) or not os.path.isfile(path):
                turtle.stop(f"<{uri}> plays {model}, which is not beside it")


def manifest(turtle, files, binary, presets):
    plugins = plugins_of(turtle)
    see = " , ".join(f"<{os.path.basename(path)}>" for path in files)
    out = [f"@prefix {name}: <{uri}> ." for name, uri in
           (("lv2", LV2), ("pset", PSET),
            ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"))]
    for uri in plugins:
        out += [f"\n<{uri}>\n\ta lv2:Plugin ;\n\tlv2:binary <{binary}> ;"
                f"\n\trdfs:seeAlso {see} ."]
    seen = set()
    for preset in presets:
        for uri, pairs in presets_of(preset, plugins).items():
            if uri in seen:
                preset.stop(f"<{uri}> is described twice")
            seen.add(uri)
            owners = " , ".join(f"<{p}>"
                                for p in all_of(pairs, LV2 + "appliesTo"))
            out += [f"\n<{uri}>\n\ta pset:Preset ;\n\tlv2:appliesTo {owners} ;"
                    f'\n\trdfs:label "{all_of(pairs, RDFS_LABEL)[0]}" ;\n'
                    "\trdfs:seeAlso <presets/"
                    f"{os.path.basename(preset.path)}> ."]
    return "\n".join(out) + "\n"


def main(verb, folder, *rest):
    files = sorted(glob.glob(os.path.join(folder, "*.ttl")))
    turtle = Turtle(*files)
    if verb == "header":
        sys.stdout.write(header(turtle))
    elif verb == "manifest":
        sys.stdout.write(manifest(turtle, files, rest[0],
                                  [Turtle(p) for p in rest[1:]]))
    elif verb == "check":
        manifest(turtle, files, "", [Turtle(p) for p in rest])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
