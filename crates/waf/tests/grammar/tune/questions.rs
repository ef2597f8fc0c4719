//! What people type into search boxes who are no programmers: signs, codes of products, and questions of every day, a line each.

pub(super) const SIGNS: &str = r#"
x>0 and x<1
a<b>c 是什么
(a+b)^2=a^2+2ab+b^2
1+1=2
3/4-1/2=
(1)>(2)
若|x-1|<3,则x的取值范围
f(x)=sin(x)/x x->0
{x|x²-3x+2=0}
∫e^(-x²)dx
P(A|B)=P(AB)/P(B)
2^10=1024
y=x^2-2x+1 最小值
'a' or 'b'
"hello world"
it's my life
don't cry 歌词
rock'n'roll
l'oreal paris
i'm yours mp3
what's up
L'Oréal 欧莱雅
McDonald's menu & price
7-eleven 24h
a&b&c
r&b
at&t
q&a
c#
c++
f#
.net
c/c++/java
AK-47 vs M4A1-S
rtx4090+i9-14900k
iphone 15 pro max 256g/512g
SN: C02XG2JHJGH5
BL-5C/3.7V
DDR4-3200 16G*2
0603 10K ±1%
STM32F103C8T6
LM358N;LM324
WD-40
ISBN:978-7-111-21382-6
GB/T 22239-2019
GB 50016-2014(2018年版)
{"a":1}
[1,2,3]
<未命名>
《三体》<下载>
【高清】movie|1080p
a|b|c
a;b;c
`code`
$100=?¥
$$
50%off
100% 棉
%
%%
@@
###
--
---
-- 分割线 --
/*
*/
/**/
//
\
\\
:)
:-D <3
^_^
(╯°□°)╯︵ ┻━┻
T_T;;
→_→
<<<>>>
>>
'
''
"
'"
);
('')
1'
5'10"
6'2" 等于多少cm
38°53'23.1"N 77°00'32.5"W
30'' 40'
O'Neill's
'70s & '80s music
select
union
null
undefined
admin' 
test'test
or
and 1
script
alert
"#;

pub(super) const EVERYDAY: &str = r#"
发烧38.5-39℃ 吃布洛芬 or 对乙酰氨基酚
血压<140/90 正常吗
HCG 5<x<25 是怀孕吗
HPV16(+) & TCT:ASC-US
乙肝两对半 1,3,5(+) 传染吗
ct: 右肺上叶磨玻璃结节(5mm*4mm); 需要手术吗?
BMI=24.5 算胖吗
AFP>400ng/ml
TSH 0.01↓ FT3↑
孕12周nt=2.5mm; 正常?
id card 办理
who am i 成龙
cat 和 dog 的区别
more than words
find my iphone
sleep music 8 hours
echo 音响
where is the love
select 是什么牌子
union pay card
drop it like it's hot
insert coin
delete my account
order by phone
having fun
table for two
create a better world
update windows 11
exec 是什么职位
let it go; let it be
rm 是谁 (bts)
ps 教程|下载
top 10
kill bill
head & shoulders
tail
less is more
sort by price
cut & paste
man vs wild
nc 17
wget
hp ping 打印机
c罗 vs 梅西
2024年1月1日 or 2日 放假
1.5+2.5 寸照片尺寸 & 要求
北京->上海 高铁
北京-上海 g1/g2/g3
去哪儿?=去哪
a股 k线 macd<0
600519.SH 股价 >1700
黄金 ¥/g
usd/cny
10000日元=多少人民币
1 mile = ? km
wifi密码 12345678'
qq空间 (空)
"我爱你" 翻译
I love you, and you?
she said "I don't know"; who's she?
用"虽然...但是..."造句
<题目>我的妈妈</题目> 作文
《红楼梦》(1987)全集|高清
斗破苍穹>第1章
凡人修仙传 txt 下载 -百度 -盗版
site:zhihu.com 失眠
intitle:简历 filetype:doc
inurl:login.php
inurl:admin/login.asp
filetype:pdf "内部资料"
身份证 110101199003070000'
顺丰 SF1234567890123;
京A·12345
+86 138-0000-0000
0 or 1
1 or 2 台
1 and 2
yes or no=?
a='1' or b='2'
3 in (1,2,3)
between 1 and 10
like 'you'
not null
is null 什么意思
"#;
