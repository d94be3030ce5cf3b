"""Writes generated.jsonl: templates made by chance from Jinja's grammar (seed 20261126), with what Jinja2 3.1.6 renders; the first line holds their variables: `python jinja_generated.py`.

Only short ones are kept, and of those that fail one in three.
"""
import json
import random

from jinja_snippets import HERE, answer

SEED=20261126
DATA={"s":"Hello, World","t":"a b","n":7,"x":2.5,"l":[3,1,2],"d":{"b":1,"a":[1,{"x":None}],"k y":"v"},"z":None,"yes":True,"no":False,"big":12345678901234567890,
  "msgs":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Yo","tool_calls":[]},{"role":"user","content":"Bye\n"}],"w":["x","Y","z"],"e":[],"o":{},"tree":[{"v":1,"c":[{"v":2,"c":[]},{"v":3,"c":[{"v":4,"c":[]}]}]},{"v":5,"c":[]}]}
class G:
    def __init__(s,seed): s.r=random.Random(seed); s.names=[]; s.macros=[]; s.inloop=0; s.depth=0
    def c(s,*a): return s.r.choice(a)
    def p(s,q): return s.r.random()<q
    # expressions by type
    def num(s,d=2):
        if d<=0 or s.p(.35): return s.c('0','1','2','3','7','-1','2.5','1_000','0x1F','1e3','0.5','n','x','big','l|length','true','-3','10','100','0b11')
        k=s.r.randrange(9)
        if k<4: return f"{s.num(d-1)} {s.c('+','-','*','/','//','%','**','+','-','*')} {s.num(d-1)}" if not s.p(.3) else f"({s.num(d-1)} {s.c('+','-','*','//','%')} {s.num(d-1)})"
        if k==4: return f"{s.lst(d-1)}|{s.c('length','sum','max','min','first','last','count')}"
        if k==5: return f"{s.txt(d-1)}|{s.c('length','int','float','wordcount')}" if s.p(.7) else f"({s.txt(d-1)}).{s.c('find','count','rfind')}({s.txt(0)})"
        if k==6: return f"({s.num(d-1)})|{s.c('abs','round','round(1)','int','float','round(0,'+chr(39)+'floor'+chr(39)+')')}"
        if k==7: return s.c('-','+')+s.num(d-1)
        return s.name()
    def txt(s,d=2):
        if d<=0 or s.p(.35): return s.c("'a'","'abc'","''","\"q\"","'x y'","s","t","'é🙂'","'a\\nb'","w[0]","'%s'","'A,b,C'","'<&>'","'a' 'b'","msgs[0].role","msgs[-1]['content']","'\\t'","'{}'")
        k=s.r.randrange(12)
        if k<2: return f"{s.txt(d-1)} {s.c('+','~','~')} {s.txt(d-1)}"
        if k==2: return f"{s.any(d-1)} ~ {s.any(d-1)}"
        if k==3: return f"({s.txt(d-1)}).{s.c('upper()','lower()','strip()','title()','capitalize()','lstrip()','rstrip()','replace('+s.txt(0)+','+s.txt(0)+')','swapcase()','zfill(4)','center(7)','strip('+s.txt(0)+')','format('+s.any(0)+')','join('+s.lst(0)+')')}"
        if k==4: return f"{s.txt(d-1)}|{s.c('upper','lower','trim','title','capitalize','replace('+s.txt(0)+','+s.txt(0)+')','indent(2)','indent(2,true)','string','e','safe','truncate(5)','center(8)','format('+s.any(0)+')','default('+s.txt(0)+')','reverse','tojson')}"
        if k==5: return f"{s.lst(d-1)}|join({s.txt(0)})"
        if k==6: return f"{s.any(d-1)}|{s.c('string','tojson','tojson(indent=2)')}"
        if k==7: return f"({s.txt(d-1)}){s.slc()}"
        if k==8: return f"({s.txt(d-1)}) % {s.c('('+s.any(0)+',)',s.any(0),'('+s.any(0)+','+s.any(0)+')')}"
        if k==9: return f"({s.txt(d-1)} if {s.boo(d-1)} else {s.txt(d-1)})"
        if k==10 and s.macros: return s.mcall(d)
        return s.name()
    def slc(s):
        f=lambda: s.c('','','0','1','-1','2','-2','10','n')
        return s.c(f"[{f()}:{f()}]",f"[{f()}:{f()}:{s.c('1','-1','2','-2','')}]","[0]","[-1]","[::-1]","[1:]")
    def lst(s,d=2):
        if d<=0 or s.p(.35): return s.c('l','w','e','[]','[1,2,3]',"['a','b']",'msgs','range(3)','(1,2)',"'abc'",'[n,s]','d','tree','[[1,2],[3,4]]','[none,0,1]','range(2,8,3)')
        k=s.r.randrange(11)
        if k==0: return '['+','.join(s.any(d-1) for _ in range(s.r.randrange(4)))+(',' if s.p(.1) else '')+']'
        if k==1: return f"{s.lst(d-1)}|{s.c('list','reverse|list','sort','unique|list','batch(2)|list','slice(2)|list','map('+chr(39)+'string'+chr(39)+')|list','select|list','reject('+chr(39)+'none'+chr(39)+')|list','sort(reverse=true)','map('+chr(39)+'upper'+chr(39)+')|list')}"
        if k==2: return f"msgs|{s.c('map(attribute='+chr(39)+'role'+chr(39)+')','selectattr('+chr(39)+'role'+chr(39)+','+chr(39)+'eq'+chr(39)+','+chr(39)+'user'+chr(39)+')','rejectattr('+chr(39)+'content'+chr(39)+')','groupby('+chr(39)+'role'+chr(39)+')')}|list"
        if k==3: return f"({s.txt(d-1)}).{s.c('split()','split('+chr(39)+','+chr(39)+')','splitlines()','rsplit(none,1)','partition('+chr(39)+'b'+chr(39)+')')}"
        if k==4: return f"({s.lst(d-1)}){s.slc()}"
        if k==5: return f"{s.lst(d-1)} + {s.lst(d-1)}"
        if k==6: return f"({s.lst(d-1)}) * {s.c('2','0','n','-1')}"
        if k==7: return f"{s.dct(d-1)}|{s.c('dictsort','list','items|list')}"
        if k==8: return f"({s.dct(d-1)}).{s.c('items()','keys()','values()')}|list"
        if k==9: return '('+','.join(s.any(d-1) for _ in range(s.r.randrange(1,4)))+',)'
        return s.name()
    def dct(s,d=2):
        if d<=0 or s.p(.5): return s.c('d','o',"{'a':1}","{'a':1,'b':[2]}",'{}','msgs[0]',"dict(a=1)","{1:2,'x':none}")
        return '{'+','.join(f"{s.c(chr(39)+'a'+chr(39),chr(39)+'b'+chr(39),'1','n','s','none','true')}:{s.any(d-1)}" for _ in range(s.r.randrange(4)))+'}'
    def boo(s,d=2):
        if d<=0 or s.p(.25): return s.c('true','false','yes','no','s','l','n','z','u','none','e','d','not yes')
        k=s.r.randrange(11)
        if k<2: return f"{s.num(d-1)} {s.c('==','!=','<','<=','>','>=')} {s.num(d-1)}"
        if k==2: return f"{s.any(d-1)} {s.c('==','!=')} {s.any(d-1)}"
        if k==3: return f"{s.any(d-1)} {s.c('in','not in')} {s.lst(d-1)}"
        if k==4: return f"{s.boo(d-1)} {s.c('and','or')} {s.boo(d-1)}"
        if k==5: return f"not {s.boo(d-1)}"
        if k==6: return f"{s.any(d-1)} is {s.c('','not ')}{s.c('defined','undefined','none','string','number','integer','float','boolean','mapping','iterable','sequence','true','false','callable','odd','even','lower','upper','escaped','in '+s.lst(0),'divisibleby 2','eq '+s.any(0),'divisibleby(3)','gt 1','filter','test','sameas none')}"
        if k==7: return f"{s.num(d-1)} {s.c('<','<=','==')} {s.num(d-1)} {s.c('<','!=','==')} {s.num(d-1)}"
        if k==8: return f"({s.txt(d-1)}).{s.c('startswith','endswith')}({s.txt(0)})"
        if k==9: return f"({s.boo(d-1)})"
        return s.name()
    def any(s,d=2):
        k=s.r.randrange(14)
        if k<3: return s.num(d)
        if k<6: return s.txt(d)
        if k<8: return s.lst(d)
        if k==8: return s.dct(d)
        if k<11: return s.boo(d)
        if k==11: return s.c('none','u','z','u.x','d.zzz','(1 if no)','loop','loop.index','u.a.b','(u or 1)','caller','varargs','kwargs','self','namespace(q=1).q')
        if k==12: return f"{s.any(d-1)} if {s.boo(d-1)}"+('' if s.p(.4) else f" else {s.any(d-1)}") if d>0 else s.name()
        return s.name()
    def name(s):
        pool=['n','s','l','d','x','z','u','v']+s.names+s.names
        m=s.r.choice(pool)
        if s.p(.3): m+=s.c('.a','.x','[0]',"['a']",'.v','.c','.items','.role',"['role']",'.0','[-1]','.q')
        if s.inloop and s.p(.25): m='loop.'+s.c('index','index0','first','last','length','revindex','revindex0','previtem','nextitem','depth','depth0','cycle(1,2,3)','changed(n)','previtem.v')
        return m
    def mcall(s,d):
        m,ps=s.r.choice(s.macros); a=[]
        for i in range(s.r.randrange(0,len(ps)+2)): a.append(s.any(max(0,d-2)))
        if s.p(.3) and ps: a.append(f"{s.r.choice(ps)}={s.any(0)}")
        if s.p(.08): a.append(f"zz={s.any(0)}")
        if s.p(.06): a.append(f"*{s.lst(0)}")
        if s.p(.06): a.append(f"**{s.dct(0)}")
        return f"{m}({', '.join(a)})"
    # statements
    def o(s): return s.c('{%','{%','{%','{%-','{%-','{%+')
    def e(s): return s.c('%}','%}','%}','-%}','-%}','+%}')
    def tag(s,x): 
        sp=s.c(' ',' ','','  ','\n') 
        return s.o()+sp+x+sp+s.e()
    def data(s):
        return ''.join(s.c('a','b ',' ','\n','  ','\n  ','\t','x\n','{','}','%','#','é','\r\n','- ','{ {','\n\n','.') for _ in range(s.r.randrange(0,4)))
    def out(s):
        return s.c('{{','{{','{{-')+' '+s.any(s.r.randrange(0,4))+(', '+s.any(0) if s.p(.04) else '')+' '+s.c('}}','}}','-}}')
    def body(s,d,n=None):
        return ''.join(s.data()+s.stmt(d)+s.data() for _ in range(n if n is not None else s.r.randrange(0,3)))
    def new(s):
        v=s.c('v','p','q','i','k','n','s','ns'); return v
    def stmt(s,d):
        if d<=0 or s.p(.3): return s.out()
        k=s.r.randrange(24); names=list(s.names)
        if k<4:
            r=s.tag('if '+s.boo(2))+s.body(d-1)
            for _ in range(s.r.randrange(0,2)): r+=s.tag('elif '+s.boo(1))+s.body(d-1)
            if s.p(.5): r+=s.tag('else')+s.body(d-1)
            return r+s.tag('endif')
        if k<9:
            t=s.c('i','i','v','k','k, v','i, j','(a, b)','i, (a, b)','s'); it=s.c(s.lst(2),s.lst(1),'d.items()','d|dictsort','msgs','tree','[[1,2],[3,4]]','[(1,(2,3))]','l') 
            rec=s.p(.12)
            if rec: it='tree'; t='v'
            h=f"for {t} in {it}"+(f" if {s.boo(1)}" if s.p(.2) else '')+(' recursive' if rec else '')
            if rec: h=f"for {t} in {it}"+(f" if v.v" if s.p(.2) else '')+' recursive'
            s.names+= [x for x in t.replace('(','').replace(')','').replace(' ','').split(',')]; s.inloop+=1
            b=s.body(d-1)
            if rec: b+=s.c('{{ v.v }}','{{ loop.depth }}')+s.c('{{ loop(v.c) }}','{% if v.c %}[{{ loop(v.c) }}]{% endif %}','{{- loop(v.c)|upper -}}')
            if s.p(.3): b+=s.tag('if '+s.boo(1))+s.tag(s.c('break','continue'))+s.tag('endif')+s.body(d-1)
            s.inloop-=1; s.names=names
            el=s.tag('else')+s.body(d-1) if s.p(.3) else ''
            return s.tag(h)+b+el+s.tag('endfor')
        if k<13:
            v=s.new(); e=s.any(2)
            q=s.r.randrange(8)
            if q<4: s.names.append(v); return s.tag(f"set {v} = {e}")
            if q==4: s.names+=[v,'q']; return s.tag(f"set {v}, q = {s.c(s.any(1)+', '+s.any(1),s.lst(1))}")
            if q==5: s.names.append(v); return s.tag(f"set {v}"+(s.c('|upper','|trim','|trim|length','|replace("a","b")') if s.p(.4) else ''))+s.body(d-1)+s.tag('endset')
            if q==6: s.names.append('ns'); return s.tag(f"set ns = namespace({s.c('','q=1','a=[],q=n','d',)})")
            return s.tag(f"set ns.q = {e}")
        if k<16:
            m=s.c('m','f','g'); ps=s.c([],['a'],['a','b'],['a','b','c'],['v'])
            df=[]; nd=False
            for x in ps:
                nd=nd or s.p(.4); df.append(x+('='+s.any(0) if nd else ''))
            s.names+=ps; il=s.inloop; s.inloop=0
            b=s.body(d-1)+(s.c('{{ varargs }}','{{ kwargs }}','{{ caller() }}','{{ caller(1) }}','{{ varargs|length }}{{ kwargs }}','{% if caller %}{{ caller() }}{% endif %}') if s.p(.4) else '')
            s.names=names; s.inloop=il; s.macros.append((m,ps))
            return s.tag(f"macro {m}({', '.join(df)})")+b+s.tag('endmacro')
        if k==16 and s.macros:
            a=s.c('','(y)','(y, z=1)'); s.names+=['y']; b=s.body(d-1); s.names=names
            return s.tag(f"call{a} {s.mcall(1)}")+b+s.tag('endcall')
        if k==17: return s.tag('filter '+s.c('upper','trim','upper|trim','replace("a","b")','indent(2)','title','length','e','default("x")','list','reverse'))+s.body(d-1)+s.tag('endfilter')
        if k==18: return s.tag('generation')+s.body(d-1)+s.tag('endgeneration')
        if k==19: return s.tag('raw')+s.data()+s.c('{{ x }}','{% if %}','{#','')+s.data()+s.tag('endraw')
        if k==20: return s.c('{#','{#-','{#+')+s.c(' note ',' {{ x }} ','\n','','%}')+s.c('#}','-#}','+#}')
        if k==21:
            v=s.new(); h='with '+s.c('',f"{v} = {s.any(1)}",f"{v} = {s.any(1)}, q = {v}"); s.names.append(v); b=s.body(d-1); s.names=names
            return s.tag(h)+b+s.tag('endwith')
        if k==22: return s.tag(f"block b{s.r.randrange(99)}"+s.c('',' scoped',' required'))+s.body(d-1)+s.tag('endblock')
        return s.tag('print '+s.any(1)) if s.p(.3) else s.out()
    def template(s): return s.body(s.r.randrange(1,4),s.r.randrange(1,5))

if __name__=="__main__":
    lines,seen=[],set()
    for i in range(100000):
        src=G(SEED*1000003+i).template()
        if not 12<len(src)<180 or src in seen or '{' not in src: continue
        rec=answer(src,DATA); seen.add(src)
        if ' at 0x' in rec.get('expected','') or ('expected' not in rec and i%3): continue
        lines.append(json.dumps(rec))
        if len(lines)==400: break
    (HERE/'generated.jsonl').write_text('\n'.join([json.dumps(DATA)]+lines)+'\n',encoding='ascii')
    print(len(lines),sum('"error"' in l for l in lines))
