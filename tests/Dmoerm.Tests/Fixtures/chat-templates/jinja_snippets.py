"""Writes jinja.jsonl: small templates, with what Jinja2 3.1.6 (Python 3.11) renders in the environment that transformers sets up: `python jinja_snippets.py`."""
import datetime
import json
from pathlib import Path

import jinja2
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment
class Gen(Extension):
    tags={"generation"}
    def parse(self,p):
        ln=next(p.stream).lineno
        body=p.parse_statements(["name:endgeneration"],drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_s"),[],[],body).set_lineno(ln)
    def _s(self,caller): return caller()
def raise_exception(m): raise jinja2.exceptions.TemplateError(m)
def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)
env=ImmutableSandboxedEnvironment(trim_blocks=True,lstrip_blocks=True,extensions=[Gen,loopcontrols])
env.filters["tojson"]=tojson; env.globals["raise_exception"]=raise_exception
env.globals["strftime_now"]=lambda format: datetime.datetime(2026,1,2,12,0,0).strftime(format)
HERE=Path(__file__).resolve().parent
DATA=json.loads((HERE/'snippets-data.json').read_text(encoding='utf-8'))
S=r'''
{{ 'a b  c '.split(' ') }} {{ ' a b  c '.split(none, 1) }} {{ ' a b  c '.rsplit(none, 1) }} {{ 'a,b,,c'.rsplit(',', 2) }} {{ ''.split() }} {{ ''.split(',') }}
{{ 'abc'.partition('b') }} {{ 'abcbd'.rpartition('b') }} {{ 'abc'.partition('x') }} {{ 'abc'.rpartition('x') }}
{{ 'a\tbc\td'.expandtabs(4) }} {{ 'abc'.center(8, '*') }} {{ 'abc'.center(9, '*') }} {{ 'ab'.center(7) }}| {{ 'abc'.ljust(5, '.') }} {{ 'abc'.rjust(5) }}
{{ '-42'.zfill(6) }} {{ '+4'.zfill(4) }} {{ 'x'.zfill(3) }}
{{ 'Hello World'.swapcase() }} {{ 'hello world'.title() }} {{ "they're bill's".title() }} {{ "they're bill's"|title }} {{ 'ΑΣ ΒΣ'.lower() }} {{ 'Σ'.lower() }}
{{ 'ﬁx'.upper() }} {{ 'ǆ'.title() }} {{ 'ŉ'.upper() }} {{ 'ᾳ'.title() }} {{ 'straße'.title() }} {{ 'ßa'.capitalize() }} {{ 'ı'.upper() }} {{ 'K'.lower() }} {{ 'ſ'.upper() }}
{{ 'abc'.startswith(('x','a')) }} {{ 'abc'.endswith('c', 1) }} {{ 'abc'.startswith('b', 1, 2) }} {{ 'abc'.find('c', -1) }} {{ 'abcabc'.rfind('b') }} {{ 'aaa'.count('aa') }} {{ 'abc'.count('') }}
{{ 'abc'.replace('', '-') }} {{ 'abc'.replace('', '-', 2) }} {{ 'aXbX'.replace('X', '', 1) }} {{ '你好'.replace('', '|') }}
{{ 'abc'.removeprefix('a') }} {{ 'abc'.removesuffix('bc') }} {{ 'a1'.isalnum() }} {{ '²'.isdigit() }} {{ '²'.isdecimal() }} {{ 'Ab'.istitle() }} {{ 'AB1'.isupper() }} {{ ''.isspace() }} {{ ' \t'.isspace() }}
{{ 'a\r\nb\rc\x0bd'.splitlines() }} {{ 'a\nb\n'.splitlines(true) }} {{ 'a\u2028b'.splitlines() }}
{{ '%5d|%-5d|%05d|%+d|% d' % (42, 42, 42, 42, 42) }} {{ '%x %X %o %#x' % (255, 255, 8, 255) }} {{ '%.3f %.0f %e %g %G' % (3.14159, 2.5, 12345.678, 0.0001, 1e-10) }}
{{ '%s %r %%' % ('a', 'b') }} {{ '%(a)s-%(b)05.1f' % {'a': 1, 'b': 2.25} }} {{ '%10.3s|' % 'abcdef' }} {{ '%c%c' % ('a', 98) }} {{ '%s' % [1,2] }} {{ '%s' % none }}
{{ '%d' % 3.7 }} {{ '%d' % true }} {{ '%.2f' % 2.675 }} {{ '%.1f' % 0.25 }} {{ '%.1f' % 0.35 }} {{ '%g' % 100000 }} {{ '%g' % 1000000 }} {{ '%g' % 1e100 }} {{ '%.10g' % 0.1 }} {{ '%g' % 0.0 }}
{{ '%s %s' % 'a' }}
{{ '%s' % ('a', 'b') }}
{{ '%d' % 'a' }}
{{ '{:>8}|{:<8}|{:^8}|{:*^8}'.format('a', 'b', 'c', 'd') }} {{ '{:05d} {:+d} {:,} {:_}'.format(42, 42, 1234567, 1234567) }} {{ '{:.2f} {:.3g} {:e} {:%}'.format(3.14159, 1234.5, 12345.678, 0.25) }}
{{ '{0} {1} {0}'.format('a', 'b') }} {{ '{a} {b}'.format(a=1, b='x') }} {{ '{0[x]} {0.x}'.format({'x': 1}) }} {{ '{!r} {!s}'.format('a', 'b') }} {{ '{{}} {}'.format(1) }} {{ '{:x} {:b} {:o} {:#x}'.format(255, 5, 8, 255) }}
{{ '{:{w}}|'.format('a', w=5) }} {{ '{}'.format(none) }} {{ '{}'.format([1]) }} {{ '{}'.format(1.0) }} {{ '{:5}|{:5}|'.format(1, 'a') }} {{ '{:.2}'.format('abc') }} {{ '{:<05}|'.format(3) }} {{ '{}'.format(true) }} {{ '{:d}'.format(true) }}
{{ '{} {}'.format(1) }}
{{ '{' .format(1) }}
{{ 7.0 // 2 }} {{ -7.5 // 2 }} {{ 7.5 % -2 }} {{ -7 % 3.0 }} {{ 2 ** 0.5 }} {{ 2 ** 100 }} {{ (-2) ** 3 }} {{ 0 ** 0 }} {{ 10 ** -2 }} {{ 1e308 * 10 }} {{ -(1e308 * 10) }}
{{ 9223372036854775807 + 1 }} {{ -9223372036854775808 - 1 }} {{ 9223372036854775807 * 2 }} {{ big * big }} {{ big // 7 }} {{ -big % 7 }} {{ big / 3 }} {{ big == big + 0.0 }} {{ 2 ** 64 > 1e19 }}
{{ 0.1 }} {{ 1/3 }} {{ 1e-5 }} {{ 0.0001 }} {{ 123456789012345678.0 }} {{ 1e15 }} {{ 1e16 }} {{ 1.5e300 }} {{ 5e-324 }} {{ -0.0 }} {{ 1e22 }} {{ 1e21 + 0.5 }}
{{ 2.5 | round }} {{ 3.5 | round }} {{ 2.675 | round(2) }} {{ 1234 | round(-2) }} {{ 1250 | round(-2) }} {{ 1.25 | round(1) }} {{ 2.5 | round(0, 'ceil') }} {{ 2.567 | round(2, 'floor') }} {{ 7 | round }} {{ -2.5 | round }} {{ (-2.5) | round }} {{ 1e300 | round(3) }} {{ 12.5 | round(-1) }}
{{ '0x1A' | int(0, 16) }} {{ '1010' | int(base=2) }} {{ '42.9' | int }} {{ ' 12 ' | int }} {{ '1_000' | int }} {{ none | int }} {{ true | int }} {{ [] | int(7) }} {{ 'inf' | float }} {{ 'nan' | float }} {{ '1e3' | int }} {{ '' | int }} {{ '-5' | int }} {{ '٣' | int }}
{{ 3 | float }} {{ '3.0' | float }} {{ 'x' | float(1.5) }} {{ none | float }} {{ true | float }}
{{ 1 is sameas true }} {{ 1 == true }} {{ 'a' is sameas 'a' }} {{ none is sameas none }} {{ 1.0 is integer }} {{ 1 is float }} {{ 'a' is eq('a') }} {{ [] is sequence }} {{ {} is sequence }} {{ {}.items() is sequence }} {{ range(2) is sequence }}
{{ [3, 1, 2] | sort(attribute=none) }} {{ ['b', 'a', 'C'] | sort(case_sensitive=true) }} {{ [{'a': 2, 'b': 1}, {'a': 1, 'b': 2}] | sort(attribute='a,b') | map(attribute='b') | list }} {{ [(1, 'b'), (1, 'a')] | sort }}
{{ [1, 'a'] | sort }}
{{ ['a', 'B'] | max }} {{ ['a', 'B'] | min(case_sensitive=true) }} {{ [] | max }}| {{ [{'x': 1}, {'x': 3}] | max(attribute='x') }} {{ [1, 2.5] | sum }} {{ [{'x': 1}, {'x': 3}] | sum(attribute='x') }} {{ [[1], [2]] | sum(start=[]) }}
{{ ['a'] | sum }}
{{ [1, 2, 3, 4, 5, 6, 7] | slice(3) | list }} {{ [1, 2, 3, 4, 5, 6, 7] | slice(3, 'x') | list }} {{ [1, 2, 3] | batch(2, 'x') | list }} {{ range(5) | batch(2) | list }}
{% for g, items in messages | groupby('role') %}{{ g }}:{{ items | length }} {% endfor %}{% for g in messages | groupby('role') %}{{ g.grouper }}{{ g.list | length }}{% endfor %}
{{ messages | map(attribute='tool_calls', default='none') | list }} {{ messages | map(attribute='content') | map('length') | list }} {{ ['a', 'b'] | map('replace', 'a', 'c') | list }} {{ [[1, 2], [3]] | map('first') | list }} {{ [{'a': {'b': 1}}] | map(attribute='a.b') | list }} {{ [[1, 2]] | map(attribute='1') | list }}
{{ [0, 1, none, 'a', ''] | select | list }} {{ [0, 1, none] | reject | list }} {{ messages | selectattr('tool_calls') | list | length }} {{ messages | selectattr('tool_calls', 'defined') | list | length }} {{ [1, 5, 10] | select('gt', 4) | list }} {{ [1, 2] | select('in', [2, 3]) | list }}
{{ {'b': 1, 'A': 2} | dictsort }} {{ {'b': 1, 'A': 2} | dictsort(true) }} {{ {'b': 1, 'A': 2} | dictsort(by='value', reverse=true) }} {{ ['b', 'B', 'a'] | unique(true) | list }} {{ [{'x': 1}, {'x': 1}] | unique(attribute='x') | list }}
{{ 'foo bar baz qux' | truncate(9) }} {{ 'foo bar baz qux' | truncate(9, true) }} {{ 'foo bar baz qux' | truncate(11) }} {{ 'foo bar baz qux' | truncate(9, false, '..', 0) }} {{ '你好世界你好世界你好' | truncate(5, true, '…', 0) }}
{{ 'a\nb' | indent }}|{{ 'a\n\nb\n' | indent(2) }}|{{ 'a' | indent('> ', true) }}|{{ 'a\n' | indent(2, blank=true) }}|{{ '' | indent(2, true) }}|
{{ 'a-b c(d' | title }} {{ 'ab cd' | capitalize }} {{ 'a b-c' | wordcount }} {{ 'x' | center(5) }}| {{ '' | wordcount }} {{ "don't stop" | wordcount }}
{{ items | join('-', 1) }}
{{ [1, none, true, 2.5] | join(',') }} {{ 'abc' | join('.') }} {{ {'a': 1} | join }} {{ [['a', 'b']] | join(attribute=1) }}
{{ [1, 2] | first }} {{ 'abc' | last }} {{ {'a': 1} | first }} {{ {'a': 1, 'b': 2} | last }} {{ range(3) | last }} {{ [] | last }}|
{{ [1, 2] | reverse | first }} {{ 'héllo🙂' | reverse }} {{ (1, 2) | reverse | list }} {{ {'a': 1, 'b': 2} | reverse | list }}
{{ none | default('x', true) }} {{ 0 | default(5, true) }} {{ '' | d }}| {{ missing.x | default('y') }}
{{ missing | default }}|{{ missing is defined and missing.x }}
{{ [1, 2] | tojson(indent='--') }} {{ {'a': [1, {'b': []}]} | tojson(indent=0) }} {{ {1: 'a', none: 2, true: 3, 1.5: 4} | tojson }} {{ (1, 2) | tojson }} {{ {'b': 1, 'a': 2} | tojson(sort_keys=true, separators=[', ', '=']) }} {{ 'é🙂' | tojson(true) }} {{ '</script>' | tojson }} {{ 1e400 | tojson }}
{{ {'a': range(2)} | tojson }}
{{ {'a': {1, 2}} }}
{{ '<a>' | safe + '<b>' }} {{ ('<a>' | safe) ~ '<b>' }} {{ '<a>' | e | e }} {{ ('<a>' | safe) | length }} {{ ['<a>' | safe] | join }} {{ ('<a>' | safe) == '<a>' }} {{ ('<a>' | safe) is string }} {{ '<' | forceescape }}
{{ {'a': 1} == {'a': 1, 'b': 2} }} {{ (1, 2) == [1, 2] }} {{ [1, [2]] < [1, [3]] }} {{ (1, 2) < (1, 2, 0) }} {{ '🙂' > '\uffff' }} {{ 'a' * 0 }}| {{ 3 * 'ab' }} {{ [1] * -1 }} {{ (1,) * 2 }}
{{ 1 in [1.0] }} {{ 'a' in {'a': 1} }} {{ 1 in {1.0: 2} }} {{ [1] in [[1]] }} {{ none in [none] }} {{ '' in 'abc' }} {{ 2 in range(3) }} {{ 'a' in ('a',) }} {{ 1 not in [] }}
{{ 1 in 'abc' }}
{{ [1] in {'a': 1} }}
{{ 1 in 5 }}
{{ missing in 'abc' }}
{{ missing in [1] }} {{ 1 in missing }}
{{ {'a': 1}.a }} {{ {'a': 1}['a'] }} {{ {'get': 1}.get }} {{ {'keys': 1}['keys'] }} {{ {1: 'x'}[1] }} {{ {1: 'x'}[1.0] }} {{ {1: 'x'}[true] }} {{ {'1': 'x'}['1'] }} {{ {(1, 2): 'x'}[(1, 2)] }} {{ {(1, 2): 'x'}[1, 2] }} {{ {none: 'x'}[none] }}
{{ [1, 2, 3].0 }} {{ [[1, 2], [3]][0][1] }} {{ 'abc'[-1] }} {{ 'abc'[5] }}| {{ [1, 2]['0'] }}| {{ [1][1.0] }}| {{ [1][true] }}|
{{ 'héllo🙂x'[::2] }} {{ 'abc'[3:1] }}| {{ 'abcdef'[-2:0:-1] }} {{ [1, 2, 3][::-2] }} {{ (1, 2, 3)[1:] }} {{ 'abc'[none:2] }} {{ range(10)[2:5] | list }} {{ [1,2,3][-100:100] }} {{ [1,2,3][100:] }}
{{ [1, 2][::0] }}
{{ 5[0] }}|{{ none[0] }}|{{ (5).x }}|{{ 5.5.x }}
{{ [1, 2].index(2) }} {{ [1, 1].count(1) }} {{ (1, 2).count(3) }} {{ [1].copy() }} {{ {'a': 1}.copy() }}
{{ [1].index(5) }}
{{ {'a': 1}.pop('a') }}
{{ {'a': 1}.update({}) }}
{{ messages.append(1) }}
{{ (5).bit_length() }} {{ (5).real }} {{ (2.0).is_integer() }} {{ true.real }} {{ (5).numerator }}
{{ ''.__class__.__mro__ }}
{{ ''['__class__'] }}|{{ ''._x }}|{{ {'_x': 1}._x }}
{{ range(3) }} {{ range(1, 5) }} {{ range(0, 10, 3) }} {{ range(3) | list }} {{ range(5)[2] }} {{ range(5) | length }} {{ range(-1) | list }} {{ range(3) == range(0, 3) }}
{{ {'a': 1}.keys() }} {{ {'a': 1}.values() }} {{ {'a': 1}.items() }} {{ {'a': 1}.keys() | length }} {{ 'a' in {'a': 1}.keys() }} {{ {'a': 1}.items() | first }}
{{ dict([['a', 1], ['b', 2]]) }} {{ dict({'a': 1}, a=2) }} {{ dict() }} {{ dict(a=1) == {'a': 1} }}
{{ dict([1]) }}
{% set ns = namespace({'a': 1}, b=2) %}{{ ns.a }}{{ ns.b }}{{ ns['a'] }}{{ ns }}
{% set ns = namespace() %}{{ ns.missing is defined }}{{ ns.x }}|{% set ns.x = [1] %}{{ ns.x }}
{% for i in [1, 2, 3] if i != 2 %}{{ loop.index }}/{{ loop.length }}{{ loop.last }} {% endfor %}
{% for a in [[1, [2, 3]]] %}{{ a }}{% endfor %}{% for x, (y, z) in [[1, [2, 3]]] %}{{ x }}{{ y }}{{ z }}{% endfor %}
{% for x, y in [1] %}{% endfor %}
{% for x, y in [[1, 2, 3]] %}{% endfor %}
{% for x, y in [[1]] %}{% endfor %}
{% for i in [1, 2] recursive %}{{ i }}{% if i == 1 %}{{ loop([5, 6]) }}{% endif %}{{ loop.depth }}{{ loop.depth0 }} {% endfor %}
{% for i in [1, 1, 2] %}{{ loop.changed(i) }}{% endfor %} {% for i in 'ab' %}{{ loop.cycle(1, 2, 3) }}{% endfor %}
{% for i in [1, 2, 3] %}{% if loop.first %}{% continue %}{% endif %}{{ i }}{% if i == 2 %}{% break %}{% endif %}{% else %}no{% endfor %}
{% for i in [] %}{% else %}{% set z = 1 %}{{ z }}{% endfor %}{{ z }}|
{% for i in [1, 2] %}{% for j in [1, 2] %}{{ loop.index }}{% if j == 1 %}{% continue %}{% endif %}x{% endfor %}{% endfor %}
{% for k in {'a': 1, 'b': 2} | items %}{{ k }}{% endfor %} {% for k, v in {'a': 1}.items() %}{{ loop.last }}{% endfor %}
{% for i in range(3) %}{% set x = loop.index %}{% endfor %}{{ x }}|
{% set x = 1 %}{% for i in [1] %}{{ x }}{% set x = 2 %}{{ x }}{% endfor %}{{ x }}
{% set x = 1 %}{% if true %}{% set y = x + 1 %}{% endif %}{{ y }}
{% set a = b = 1 %}
{% set (a, b) = (1, 2) %}{{ a }}{{ b }} {% set [c, d] = 'xy' %}{{ c }}{{ d }}
{% set true = 1 %}
{% set x %}{% for i in [1, 2] %}{{ i }}{% endfor %}{% endset %}{{ x }}{{ x is string }}{{ x | length }}
{% set x | upper | trim %}  ab {% endset %}{{ x }}|
{% macro m(a, b=a) %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }} {{ m(b=2, a=3) }} {{ m.name }} {{ m.arguments }} {{ m.catch_kwargs }} {{ m.caller }}
{% macro m(a) %}{{ a is defined }}{{ a }}{% endmacro %}{{ m() }}|{{ m(none) }}
{% macro m() %}x{% endmacro %}{{ m(1) }}
{% macro m() %}x{% endmacro %}{{ m(k=1) }}
{% macro m() %}{{ kwargs.k }}{{ varargs | length }}{% endmacro %}{{ m(1, 2, k=3) }}
{% macro m(x) %}{{ caller(x) }}{% endmacro %}{% call(y) m(5) %}[{{ y }}]{% endcall %}
{% macro m() %}{% if caller is defined %}{{ caller() }}{% else %}none{% endif %}{% endmacro %}{{ m() }}{% call m() %}c{% endcall %}
{% macro m() %}{{ x }}{% endmacro %}{% set x = 5 %}{{ m() }}
{% macro m() %}{% set x = 6 %}{{ x }}{% endmacro %}{% set x = 5 %}{{ m() }}{{ x }}
{% macro f(n) %}{% if n > 1 %}{{ n * f(n - 1) | int }}{% else %}1{% endif %}{% endmacro %}{{ f(5) }}
{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}B{% endmacro %}{{ a() }}
{% macro m(a, b) %}{{ a }}{{ b }}{% endmacro %}{{ m(*[1, 2]) }} {{ m(**{'a': 3, 'b': 4}) }} {{ m(1, **{'b': 2}) }}
{{ m }}{% if false %}{% macro m() %}x{% endmacro %}{% endif %}|
{% with %}{% set q = 1 %}{{ q }}{% endwith %}{{ q }}| {% with a = 1, b = a %}{{ b }}{% endwith %}| {% set a = 7 %}{% with a = 1, b = a %}{{ b }}{% endwith %}
{% filter upper %}a{% filter replace('B', 'C') %}b{{ name }}B{% endfilter %}{% endfilter %}
{% filter trim | upper %}  ab  {% endfilter %}|
{% block a %}{{ name }}{% set t = 1 %}{% endblock %}{{ t }}| {% for i in [1] %}{% block c %}{{ i }}{% endblock %}{% endfor %}| {{ self.a() }}
{% generation %}{% set g = 1 %}{{ g }}{% endgeneration %}{{ g }}|
{% print 1, 'a' %}
{% if 1 %}{{ 'x' | nofilter }}{% endif %}
{% if 0 %}{{ 'x' | nofilter }}{% endif %}ok
{{ 'x' | nofilter if false else 'ok' }}
{% if 0 %}{% for i in [] %}{{ i | nofilter }}{% endfor %}{% endif %}ok
{% if x is notest %}{% endif %}
{% break %}
{% for i in [1] %}{% macro m() %}{% break %}{% endmacro %}{% endfor %}
{{ 1 if true }} {{ 1 if false }}| {{ (1 if false) is defined }} {{ 1 if false else 2 if false else 3 }}
{{ not 1 in [1] }} {{ not (1 == 1) }} {{ 1 == 1 == 1 }} {{ 3 > 2 > 1 }} {{ 1 < 2 == true }} {{ 'a' ~ 1 + 2 ~ 'b' }}
{{ -1 | abs }} {{ -'1' | int }} {{ (-1) | abs }} {{ +5 }} {{ - -5 }} {{ not not 1 }}
{{ 2 * 3 ** 2 }} {{ -3 ** 2 }} {{ 10 - 2 - 3 }} {{ 100 / 10 / 2 }} {{ 7 // 2 * 2 }} {{ 2 + 3 ~ 4 }} {{ 'a' ~ 'b' * 2 }}
{{ 1.5 + 1 }} {{ 1_0.5 }} {{ 0b101 }} {{ 0o17 }} {{ 0XfF }} {{ 1e-3 }} {{ 1E3 }} {{ 00 }}
{{ 'a\
b' }} {{ '\101\x41\u0041\U00000041' }} {{ '\0' | length }} {{ "\"" }} {{ '\\n' }} {{ 'tab\there' }} {{ '\z' }}
{{ ['a"b', "a'b", 'a\'b"c', '\x00\x1f\x7f\x80\xa0\u200b\u2028\ue000', '\\', 'é你🙂'] }}
{{ [none, true, 1.0, 'x', (), (1,), [], {}, {'a': none}] }} {{ {'a': 'b'} | string }} {{ {1: 2, 'x': [1, (2,)]} }}
{{ [missing] }} {{ missing ~ 'x' }} {{ missing == missing2 }} {{ missing == none }} {{ missing | string | length }} {{ missing or 'x' }} {{ missing is sameas missing }}
{{ missing + 1 }}
{{ missing() }}
{{ missing[0] }}
{{ missing < 1 }}
{{ -missing }}
{{ missing | int }}
{{ missing | abs }}
{{ missing.x.y }}
{{ name.x.y }}
{{ name() }}
{{ [1]() }}
{{ 'a' - 'b' }}
{{ 'a' < 1 }}
{{ none + 1 }}
{{ [1] + (1,) }}
{{ {} + {} }}
{{ 1 // 0 }}
{{ 1 % 0 }}
{{ 1.0 / 0 }}
{{ 0.0 ** -1 }}
{{ 'x' * 1.5 }}
{{ {[1]: 2} }}
{{ {'a': 1}.items | length }}
{{ name | trim('An') }} {{ 'xxaxyx' | trim('xy') }} {{ ' a ' | trim }}| {{ 5 | trim }} {{ '\u200b x' | trim }}|
{{ name | attr('upper') is callable }} {{ {'a': 1} | attr('a') }}| {{ messages[0] | attr('role') }}|
{{ 'abc' | replace('b', 1) }} {{ 121 | replace(2, 'x') }} {{ 'aaa' | replace('a', 'b', 2) }} {{ 'aaa' | replace('a', 'b', none) }}
{{ '%s-%s' | format('a', 'b') }} {{ '%(x)s' | format(x=1) }}
{{ '%s' | format('a', 'b') }}
{{ name | length(1) }}
{{ name | upper(1) }}
{{ name | default(1, 2, 3) }}
{{ items | map }}
{{ items | map('nofilter') | list }}
{{ items | select('nofilter') | list }}
{{ items | selectattr | list }}
{{ raise_exception() }}
{{ range() }}
{{ range(1, 2, 0) }}
{{ range(1.5) }}
{{ range(100001) }}
{{ range(100000) | length }} {{ range(-5, 5, 4) | list }}
{{ strftime_now('%-d %e %j %y %H:%M:%S %p %I %a %w %u %%') }} {{ strftime_now('%d/%m/%Y') }} {{ strftime_now('plain') }} {{ strftime_now('%F %T %D %R') }} {{ strftime_now('%c') }}
{{ cycler('a', 'b').next() }} {% set c = cycler(1, 2) %}{{ c.current }}{{ c.next() }}{{ c.current }}{% set _ = c.next() %}{{ c.next() }}{{ c.reset() }}{{ c.current }}
{% set j = joiner() %}{{ j() }}{{ j() }}{{ j() }}| {% set j = joiner('|') %}{{ j() }}{{ j() }}
{{ joiner is defined }} {{ namespace is callable }} {{ lipsum is callable }} {{ loop is defined }} {{ caller is defined }}
a{# c #}b {#- d -#} e{#+ f +#} g
x {%- if true %} y {%+ endif %} z
  {% if true +%}
  a
  {%- endif +%}
b
{{- 'a' -}}   {{ 'b' }}   {{- 'c' }}
  {%- raw -%}  {{ x }}  {%- endraw -%}  y
{% raw %}{% if %}{{ }}{# #}{% endraw %}
line
    {% set a = 1 %}
    {# note #}
    {{ a }}
end
  {% if true %}  {% endif %}  x
a {% if true %}
b{% endif %}
c
{{ '%}' }}{% if '%}' == '%}' %}y{% endif %}{{ {'a': {'b': 1}}['a']['b'] }}{{ {'a':{}} }}
{{ "multi
line" }}
{%if true%}a{%elif false%}b{%else%}c{%endif%}{%for i in[1,2]%}{{i}}{%endfor%}
{{ [1,2,3,] }}{{ (1,2,) }}{{ {'a':1,} }}{{ dict(a=1,) }}{{ 1, 2 }}{{ (1) }}{{ () }}
{{ name.upper().lower().title()[0:2] ~ '!' }} {{ (name ~ 'x').upper() }} {{ [name][0].upper() }} {{ 'a'.join(['b', 'c']).upper() }}
{{ 'x'.join([1]) }}
{{ ','.join({'a': 1, 'b': 2}) }} {{ ''.join('abc') }}
{{ 'a' if name is string and name is not none else 'b' }} {{ name is string or missing.x }} {{ 1 is divisibleby 1 and 2 is odd }} {{ 4 is divisibleby(2) }} {{ 3 is in [1, 2, 3] }} {{ 3 is not in [1] }}
{{ 1 is 2 }}
{{ name is defined is true }}
{{ 1 + }}
{{ (1 }}
{{ [1 }}
{{ 1 2 }}
{{ a b }}
{{ 'a }}
{% for x %}{% endfor %}
{% for x in %}{% endfor %}
{% if true %}{% else %}{% else %}{% endif %}
{% endfor %}
{% if true %}{% endfor %}{% endif %}
{% macro %}{% endmacro %}
{% macro m(a=1, b) %}{% endmacro %}
{% call 5 %}{% endcall %}
{% set %}
{% set 5 = 1 %}
{% set x.y.z = 1 %}
{{ f(a=1, 2) }}
{{ f(**a, *b) }}
{{ }}
{% %}
{{ name
{% if true
{# open
{% raw %}x
{{ name }}}
{{ {'a': 1}} }}
{{ $ }}
{{ a ? b }}
{{ a && b }}
{{ a = 1 }}
{{ !a }}
{{ 012 }}
{{ 1. }}
{{ .5 }}
{{ x | }}
{{ | x }}
{{ x is }}
{{ x. }}
{{ x[ ] }}
{{ '%#.0f %#g %#x %#o %08.3d' % (3, 2.5, 255, 8, 7) }} {{ '%.5x|%#08x|%-+5d|' % (255, 255, 7) }} {{ '%a' % '🙂' }} {{ '%%' % [1] }} {{ '%((a))s' % {'(a)': 2} }}
{{ '%5%' % 1 }}
{{ '%d' % ('<i>' | safe) }}
{{ ('<b>%s</b>' | safe) % '<' }} {{ ('<b>{}</b>' | safe).format('<') }} {{ ('<,>' | safe).split(',') }} {{ [('<' | safe)[0]] }} {{ ('-' | safe).join(['<', 1]) }} {{ ['<' | safe | upper, '<' | safe | trim] }}
{{ '{:012,} {:011,} {:010,.2f} {:_b} {:#06x}'.format(0, 1.5, -2, 255, 255) }} {{ '{:.0} {:.2} {:#.3g} {:zf} {:n}'.format(0.0, 3.0, 0.5, -0.0000001, 2.5) }}
{{ '{:.2d}'.format(1) }}
{{ '{:=5}'.format('a') }}
{{ '{:,x}'.format(1) }}
{{ '{:+c}'.format(97) }}
{{ '{:c}'.format(-1) }}
{{ '{0}{}'.format(1) }}
{{ '{0[]}'.format(1) }}
{{ '{.x}'.format(1) }}
{{ '{0[-1]}|{0[a]}'.format('x') }} {{ '{0[:]}|'.format(1) }}
{{ 1 / 9223372036854775807 }} {{ 9223372036854775807 / 2 }} {{ 0 / -1 }} {{ 1 // (-1e308 * 10) }} {{ -2 ** number }} {{ -2 ** 2 }} {{ (-7) ** 2 }}
{{ 2 ** 16000 }}
{{ '' * 2 ** 64 }}
{{ name['a':] }}
{{ 5[1:] if name else 1 }}{{ map[1:] }}
{{ range(9, 0, -2)[-2:1:1] }} {{ range(6)[2::2] }} {{ range(3).stop }} {{ range(3).index(2) }} {{ map.keys() == map.keys() }} {{ map.items() <= map.items() }}
{{ map.keys() in map }}
{{ ''.find('', 9) }} {{ 'a'.endswith('', 9) }} {{ 'abc'.find('c', 1) }}
{{ 'a'.replace('a', 'b', count=1) }}
{{ 'a'.strip(chars='a') }}
{{ map.get('z', default=1) }}
{{ 'a'.splitlines('x') }}
{{ items is filter }}
{{ items | string(1) }}
{{ [1, 2, 3] | batch(0) | list }} {{ [1, 2, 3] | batch(-1) | list }} {{ [1, 2, 3] | batch(2.5) | list }} {{ [1] | slice(-1) | list }} {{ 5 | map('upper') is defined }} {{ none | select('nofilter') | list }}
{{ 5 | map('upper') | list }}
{{ -1 | round(-1, 'ceil') }} {{ -0.5 | round(0, 'ceil') }} {{ 2.5 | round(none) }} {{ 15 | round(-1) }} {{ '٣' | float }} {{ '٣' | int(base=2) }}
{{ (1e308 * 10) | round(1, 'ceil') }}
{{ [1, 2] | truncate(5) }} {{ 'abcdefghijkl' | truncate(5.5) }}
{{ 1000 | filesizeformat }} {{ 1 | filesizeformat }} {{ 1500000 | filesizeformat(true) }} {{ 'a b/ü' | urlencode }} {{ {'a b': 'ü&'} | urlencode }} {{ {'a': '<', 'b': none, 'c': 1} | xmlattr }}|
{{ {'a b': 1} | xmlattr }}
{{ 'Ⅷ'.isupper() }} {{ 'ª'.islower() }} {{ '三'.isnumeric() }} {{ 'ſ'.upper() }} {{ 'aⅷb'.title() }} {{ 'ΑΣⅷ'.lower() }} {{ 'Σ·'.lower() }}
{{ '\é' }} {{ '\é' | length }}
{{ self }} {{ namespace }} {{ dict }} {% macro m() %}{% endmacro %}{{ m }} {% for i in [1, 2] %}{{ loop }}{% endfor %} {{ joiner('-').sep }} {{ cycler(1, 2).pos }}
{% set ns = namespace(_x=1) %}{{ ns._x }}|{{ {'_x': 1}._x }}|{{ {'pop': 1}.pop }}|{{ {'pop': 1}['pop'] }}
{% for i in [1] %}{{ name }}{% endfor %}{% set name = 'B' %}{{ name }}
{% macro m() %}{{ name }}{% endmacro %}{{ m() }}|{% set name = 'B' %}{{ m() }}
{% for i in [1] %}{{ name }}{% endfor %}{% if no %}{% set name = 'B' %}{% endif %}{{ name }}
{{ name }}{% for i in [1] %}{{ name }}{% set name = 'C' %}{{ name }}{% endfor %}{% set name = 'B' %}{{ name }}
{% set name %}{{ name }}!{% endset %}{{ name }}
{% block b %}{{ name }}{% endblock %}{% set name = 'B' %}{{ self.b() }}
{% for i in [1, 2] %}{% block b scoped %}{{ i }}{% endblock %}{% endfor %}
{% block b required %}{% endblock %}
{% block b required %}x{% endblock %}
{% if no %}{% block b required %} {% endblock %}{% endif %}ok
{% filter list %}ab{% endfilter %}
{% filter length %}ab{% endfilter %}
{% macro m() %}{% set kwargs = 1 %}{{ kwargs }}{% endmacro %}{{ m() }}{{ m(k=1) }}
{% macro m(caller) %}{{ caller() }}{% endmacro %}{% call m() %}{% endcall %}
{% macro m(caller=none) %}{{ caller }}{% endmacro %}{{ m() }}
{% macro m() %}{{ caller }}{% endmacro %}{% call m() %}{% endcall %}
{% generation %}{{ varargs }}{{ kwargs }}{{ caller }}{% endgeneration %}|
{% set ns = namespace() %}{% set ns.a, x = 1, 2 %}{{ ns.a }}{{ x }} {% with a, b = [1, 2] %}{{ a }}{{ b }}{% endwith %}
{{ items[] }}|{{ map[] is defined }}
{% for k, v in [[1, 2], [3, 4]] if k %}{{ loop.nextitem }}{% endfor %}{% for a, in in [[1, 2]] %}{{ a }}{% endfor %}
{% for a, in [[1]] %}{{ a }}{% endfor %}
{% if no %}{% for i in items | nofilter %}{% endfor %}{% endif %}ok
x{#
x{% raw %}
{{ ٣ }}
{{ strftime_now('%C %G %g %V %U %W %k %l %P %r') }} {{ strftime_now('%-M %-H %-e %-y %-Y %-B') }}
'''
def cases():
    for line in S.strip('\n').split('\n'): yield line
extra=["  {% if true +%}\n  a\n  {%- endif +%}\nb","line\n    {% set a = 1 %}\n    {# note #}\n    {{ a }}\nend","a {% if true %}\nb{% endif %}\nc",'{{ "multi\nline" }}',"{{ 'a\\\nb' }}","\n\n  {%- for i in [1,2] %}\n  {{ i }}\n  {% endfor %}\n\n\n","{{ 1 }}\n\n","\r\na\r{{ 1 }}\r\n","{% if true %}\r\nx{% endif %}", "  \n\t {% set x = 1 %}\n y", "x\u3000{% if 1 %}a{% endif %}","\u3000{% if 1 %}a{% endif %}\u3000\n", "{%- if 1 -%}\u3000a\u00a0{%- endif -%}"]
def answer(src, data):
    rec={"template":src}
    try:
        rec["expected"]=env.from_string(src).render(**json.loads(json.dumps(data)))
    except Exception as e:
        rec["error_kind"]=type(e).__name__; rec["error"]=str(e)[:200]
    return rec
if __name__=="__main__":
    recs=[answer(src,DATA) for src in list(cases())+extra]
    out=[json.dumps(rec) for rec in recs if " at 0x" not in rec.get("expected","")]
    (HERE/'jinja.jsonl').write_text("\n".join(out)+"\n", encoding="ascii")
    print(len(out), sum('"error"' in o for o in out))
