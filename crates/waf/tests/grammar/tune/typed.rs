//! Honest requests of search engines: what a city types into the boxes of portals, shops and libraries, with every sign a
//! keyboard has. Sent as suggestions, as result pages, in addresses the next page tells, and kept in cookies.

use super::super::benign::{BenignGrammar, grammar};
use super::super::codec;
use super::super::rng::Rng;
use super::super::wire::{JSON, Wire};
use super::super::words;
use super::questions::{EVERYDAY, SIGNS};

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("typed-technical-questions", 110, |rng| search(rng, TECHNICAL)),
    grammar("typed-error-messages", 90, |rng| search(rng, ERRORS)),
    grammar("typed-commands-and-paths", 100, |rng| search(rng, COMMANDS)),
    grammar("typed-signs-and-numbers", 90, |rng| search(rng, SIGNS)),
    grammar("typed-everyday-questions", 90, |rng| search(rng, EVERYDAY)),
];

const TECHNICAL: &str = r#"
mysql select into outfile 报错 secure_file_priv
union select 和 union all select 的区别
sql where 1=1 有什么用
where 1=1 and name like '%张%' 为什么慢
select * from user where id = 1 查不到数据
insert into ... on duplicate key update
delete from table where id in (select id from ...) 报错
oracle select 1 from dual
mysql order by 1 desc limit 10,20 优化
group by having count(*)>1 查重复数据
sql server exec xp_cmdshell 怎么开启
waitfor delay 怎么用
mysql sleep(5) 函数作用
pg_sleep postgresql 延时
information_schema.tables 查询所有表名
drop table if exists 和 truncate 区别
mybatis ${} 和 #{} 区别
mybatis like concat('%',#{name},'%')
thymeleaf ${user.name} 取不到值
spring boot @Value("${server.port}") 读取配置
jsp <%=request.getContextPath()%> 什么意思
el 表达式 ${empty list}
vue {{ item.price | currency }} 过滤器
jinja2 {{ loop.index }} 用法
php eval base64_decode 解密
php system() exec() shell_exec() 区别
<?php echo $_GET['id']; ?> 输出空白
$_POST 接收不到 json
java Runtime.getRuntime().exec() 执行命令没反应
ProcessBuilder 用法
Class.forName("com.mysql.jdbc.Driver") 报错
java.lang.Runtime exec 中文乱码
python os.system 返回值
python subprocess.Popen shell=True
python __import__ 动态导入
__class__.__name__ 是什么
nodejs child_process exec 用法
require('fs').readFileSync 路径
process.env.NODE_ENV undefined
__proto__ 和 prototype 区别
javascript:void(0) 是什么意思
<a href="javascript:;" onclick="fn()"> 点击无效
<img src="" onerror="this.src='default.png'"> 图片加载失败显示默认图
<iframe src="https://player.bilibili.com/player.html?aid=1"> 自适应
alert(1) 和 console.log 区别
document.cookie 怎么设置过期时间
eval(function(p,a,c,k,e,d) 怎么解密
onclick="return confirm('确定删除吗?')"
css expression() 是什么
innerHTML 和 innerText
log4j ${jndi:ldap} 漏洞怎么修复
.git/config 泄露 怎么处理
WEB-INF/web.xml 配置 servlet
web.config 配置 404
../ 和 ./ 和 / 的区别
../../../ 相对路径 上三级目录
nginx root 和 alias 区别 /etc/nginx/nginx.conf
正则 ^1[3-9]\d{9}$ 手机号
正则表达式 (?=.*[a-z])(?=.*\d).{8,} 密码
xpath //div[@class='a']/text() 取不到
//*[contains(text(),'下一页')] selenium
ldap (&(objectClass=user)(sAMAccountName=zhang)) 过滤
redis eval lua 脚本 return redis.call('get',KEYS[1])
c++ #include<bits/stdc++.h> using namespace std;
int main(){ printf("hello"); return 0; }
a=b?c:d 三目运算符
i++ 和 ++i
&& 和 & 的区别 || 和 |
lambda x: x+1
List<String> list = new ArrayList<>();
shell if [ $? -eq 0 ]; then 语法
echo $PATH 和 echo ${PATH}
linux ; && || 区别
awk '{print $1}' 用法
2>&1 >/dev/null 是什么意思
cat /etc/passwd 每个字段含义
/etc/shadow 文件权限
whoami 命令 显示什么
windows cmd /c 和 /k 区别
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN">
<!ENTITY 实体 xml 用法
xml <?xml version="1.0" encoding="GB2312"?> 乱码
excel =IF(A1>60,"及格","不及格")
excel =VLOOKUP(A2,Sheet2!A:B,2,0) #N/A
=HYPERLINK("http://a.com","点击") 打不开
latex \frac{1}{2} 怎么打
\n 和 \r\n
%0d%0a 是什么
%00 截断 原理
utf-8 %E4%B8%AD 解码
"#;

const ERRORS: &str = r#"
ERROR 1045 (28000): Access denied for user 'root'@'localhost' (using password: YES)
ERROR 1064 (42000): You have an error in your SQL syntax; check the manual ... near 'from user' at line 1
Unknown column 'name' in 'where clause'
Duplicate entry '1' for key 'PRIMARY'
Table 'test.user' doesn't exist
ORA-00942: table or view does not exist
ORA-01722: invalid number
Msg 102, Level 15, State 1, Line 1 ')' 附近有语法错误。
java.sql.SQLException: ORA-00904: "ID": 标识符无效
Cannot read property 'length' of undefined
Uncaught TypeError: $(...).modal is not a function
Uncaught SyntaxError: Unexpected token '<'
Uncaught ReferenceError: require is not defined
Uncaught (in promise) Error: Request failed with status code 500
Access to XMLHttpRequest at 'http://localhost:8080/' from origin 'null' has been blocked by CORS policy
net::ERR_CONNECTION_REFUSED
Failed to load resource: the server responded with a status of 404 ()
[Vue warn]: Error in v-on handler: "TypeError: this.$refs.form.validate is not a function"
Module not found: Error: Can't resolve './App' in '/home/node/web/src'
Error: Cannot find module '../lib/utils'
npm ERR! code ELIFECYCLE npm ERR! errno 1
Exception in thread "main" java.lang.NullPointerException at com.test.Main.main(Main.java:5)
java.lang.ClassNotFoundException: com.mysql.cj.jdbc.Driver
org.springframework.beans.factory.BeanCreationException: Error creating bean with name 'userService'
javax.naming.NameNotFoundException: Name [jdbc/test] is not bound in this Context
java.io.NotSerializableException: com.test.User
Caused by: java.lang.IllegalArgumentException: Could not resolve placeholder 'server.port' in value "${server.port}"
Could not find method implementation() for arguments [com.android.support]
Invalid bound statement (not found): com.mapper.UserMapper.selectById
ModuleNotFoundError: No module named 'cv2'
UnicodeDecodeError: 'gbk' codec can't decode byte 0xa6 in position 10: illegal multibyte sequence
SyntaxError: invalid syntax print "hello"
IndentationError: unexpected indent
TypeError: can only concatenate str (not "int") to str
Traceback (most recent call last): File "<stdin>", line 1, in <module>
OSError: [Errno 98] Address already in use
PermissionError: [Errno 13] Permission denied: '/usr/local/lib/python3.8'
Parse error: syntax error, unexpected '}' in /www/wwwroot/index.php on line 3
Warning: include(../config.php): failed to open stream: No such file or directory
Fatal error: Uncaught Error: Call to undefined function mysql_connect()
Notice: Undefined index: id in D:\phpstudy\www\index.php on line 5
-bash: /usr/bin/wget: No such file or directory
bash: syntax error near unexpected token `('
sudo: unable to resolve host
ssh: connect to host 192.168.1.1 port 22: Connection refused
Permission denied (publickey,password).
E: Could not get lock /var/lib/dpkg/lock - open (11: Resource temporarily unavailable)
'ping' 不是内部或外部命令,也不是可运行的程序
'python' is not recognized as an internal or external command
fatal: not a git repository (or any of the parent directories): .git
error: failed to push some refs to 'https://github.com/a/b.git'
nginx: [emerg] unknown directive "server" in /etc/nginx/conf.d/default.conf:1
curl: (7) Failed to connect to 127.0.0.1 port 8080: Connection refused
Job for docker.service failed because the control process exited with error code.
standard_init_linux.go:228: exec user process caused: exec format error
OCI runtime exec failed: exec failed: "bash": executable file not found in $PATH
0xc000007b 应用程序无法正常启动
STOP: 0x0000007B (0xF78D2524,0xC0000034)
C:\Windows\System32\cmd.exe 闪退
api-ms-win-crt-runtime-l1-1-0.dll 丢失
C:\Program Files (x86)\Microsoft Visual Studio\2019 卸载
该内存不能为"read"
error C2143: 语法错误: 缺少";"(在"}"的前面)
error LNK2019: 无法解析的外部符号 _main
warning: implicit declaration of function 'gets'
undefined reference to `pthread_create'
Segmentation fault (core dumped)
org.apache.jasper.JasperException: /index.jsp (line: 3, column: 2)
HTTP Status 500 - Servlet.init() for servlet springmvc threw exception
从客户端(txtContent="<p>测试</p>")中检测到有潜在危险的 Request.Form 值
"/"应用程序中的服务器错误。
Microsoft OLE DB Provider for ODBC Drivers 错误 '80040e14'
Microsoft VBScript 编译器错误 错误 '800a0400' 缺少语句
Conversion failed when converting the varchar value 'a' to data type int.
XPathException: invalid expression //a[@id='1
<class 'list'> 转 str
#1366 - Incorrect string value: '\xE5\xBC\xA0' for column 'name' at row 1
"#;

const COMMANDS: &str = r#"
ls -al /usr/local/bin
ps -ef | grep java | grep -v grep | awk '{print $2}' | xargs kill -9
netstat -ano | findstr 8080
find / -name "*.log" -size +100M
find . -type f -exec rm -f {} \;
tar -zxvf jdk-8u202-linux-x64.tar.gz -C /usr/local
sudo apt-get update && sudo apt-get install -y nginx
yum install -y gcc gcc-c++ make
docker exec -it mysql bash
docker run -d -p 3306:3306 -e MYSQL_ROOT_PASSWORD=123456 mysql:5.7
kubectl exec -it pod -- /bin/sh
mysql -u root -p -e "show databases;"
source /etc/profile
vi /etc/sysconfig/network-scripts/ifcfg-ens33
vim ~/.bashrc
chmod +x *.sh; ./start.sh
crontab -e */5 * * * * /bin/bash /opt/a.sh >> /var/log/a.log 2>&1
nohup java -jar app.jar > /dev/null 2>&1 &
systemctl restart network; systemctl status network
scp -r root@192.168.1.2:/data ./
ssh-keygen -t rsa -C "a@b.com"
cat ~/.ssh/id_rsa.pub
sed -i "s/enforcing/disabled/g" /etc/selinux/config
ping -t 192.168.0.1
ping www.baidu.com -c 4
tracert 8.8.8.8
ipconfig /all
ipconfig /flushdns 命令
net use \\192.168.1.10\share /user:admin 123456
reg add HKLM\SOFTWARE\Policies /v a /t REG_DWORD /d 1 /f
regsvr32 scrrun.dll
sfc /scannow
dir /s /b > list.txt
del /f /s /q C:\temp\*.*
copy a.jpg/b+b.rar/a c.jpg
shutdown -s -t 3600
taskkill /f /im explorer.exe & start explorer.exe
start /b python a.py
C:\Users\Administrator\AppData\Local\Temp
D:\Program Files\Tencent\WeChat\WeChat.exe
%USERPROFILE%\Desktop
%temp%
%windir%\system32\cmd.exe
/etc/passwd 文件详解
/etc/hosts 修改不生效
/etc/resolv.conf 重启丢失
/var/log/messages 太大
/proc/self/fd 是什么
/bin/bash^M: bad interpreter
/dev/null
~/.bash_history 清空
.env 文件 放在哪里
wp-config.php 在哪
phpmyadmin/index.php 404
id_rsa 权限
boot.ini 修改
win.ini 在什么位置
php artisan migrate:refresh --seed
composer require topthink/think-captcha
thinkphp index.php?s=/index/index/hello 路由
npm install --registry=https://npm.his.example
pip install -i https://pypi.tuna.tsinghua.edu.cn/simple numpy
python -m http.server 8000
node -e "console.log(process.version)"
java -jar -Dspring.profiles.active=dev a.jar
adb shell pm list packages -3
adb shell dumpsys battery | grep level
git reset --hard HEAD^
git log --oneline | head -5
git config --global user.name "张三"
svn co http://192.168.1.1/svn/a
ffmpeg -i a.mp4 -c copy b.m3u8
openssl req -new -x509 -days 365 -key ca.key -out ca.crt
nc -lvp 4444 是干什么的
nmap -sS 192.168.1.0/24
sqlmap -u "http://a.com/?id=1" --dbs 教程
hydra -l root -P pass.txt ssh://192.168.1.1
telnet 127.0.0.1 11211
redis-cli -h 127.0.0.1 -p 6379 config get *
nslookup -type=mx qq.com
whoami /priv
id nobody
uname -a
df -h; free -m; top
export JAVA_HOME=/usr/lib/jvm/java-8; export PATH=$JAVA_HOME/bin:$PATH
alias ll='ls -l'
echo "hello" | base64
base64 -d <<< aGVsbG8=
powershell Get-FileHash .\a.iso -Algorithm SHA256
Set-ExecutionPolicy RemoteSigned -Scope CurrentUser
irm https://get.activated.win | iex
certutil -hashfile a.iso MD5
wmic bios get serialnumber
"#;

/// One line of `list`.
fn line(rng: &mut Rng, list: &'static str) -> &'static str {
    let lines: Vec<_> = list.lines().filter(|line| !line.is_empty()).collect();
    rng.pick(&lines)
}

/// A search as the boxes of the large engines send it.
fn search(rng: &mut Rng, list: &'static str) -> Vec<u8> {
    let word = line(rng, list);
    let (plus, percent, moment, hex) = (codec::form(word), codec::percent(word), words::millis(rng), rng.hex(16));
    let typed: String = word.chars().take(rng.between(1, word.chars().count())).collect();
    let before = codec::percent(&typed);
    let wire = match rng.below(14) {
        0 => Wire::get(format!("/s?ie=utf-8&f=8&rsv_bp=1&rsv_idx=2&tn=baiduhome_pg&wd={percent}&rsv_spt=1&oq={before}&rsv_pq={hex}&rsv_t={}&rqlang=cn&rsv_enter=1&rsv_dl=tb&inputT={}&rsv_sug3=12&bs={before}", codec::percent(codec::base64(rng.bytes(24))), rng.below(9999))),
        1 => Wire::get(format!("/sugrec?prod=pc&wd={before}&req=2&bs={percent}&pbs={percent}&csor={}&pwd={before}&cb=jQuery1102{}_{moment}&_={moment}", typed.len(), rng.digits(16))),
        2 => Wire::get(format!("/search?q={plus}&form=QBLH&sp=-1&pq={}&sc=8-{}&qs=n&sk=&cvid={}&ghsh=0", codec::form(&typed), word.len(), hex.to_uppercase())),
        3 => Wire::get(format!("/s?q={plus}&src=srp&fr=none&psid={hex}&nlpv=base_pdc")),
        4 => Wire::get(format!("/web?query={percent}&_ast={}&_asf=www.sogou.com&w=01029901&p=40040100&dp=1&cid=&s_from=result_up&sut={}&sst0={moment}", rng.digits(10), rng.below(9999))),
        5 => Wire::get(format!("/suggestion?callback=window.sogou.sug&type=addrbar&key={before}&ori=yes&pr=web&{moment}")),
        6 => Wire::get(format!("/index.php?r=search/index&keyword={plus}&page={}", rng.below(20))),
        7 => Wire::get(format!("/static/js/result.{hex}.js")).header("Referer", format!("https://www.so.example/s?wd={percent}&pn={}&oq={before}", rng.below(90))),
        8 => Wire::get(format!("/link?url={}&wd=&eqid={hex}&k={plus}", rng.base64_url(43))).header("Referer", format!("http://www.so.example/s?word={plus}&tn=site&ie=utf-8")),
        9 => Wire::post("/api/search/query", JSON, format!("{{\"query\":{},\"from\":{},\"size\":20,\"suggest\":{},\"traceId\":\"{hex}\"}}", codec::json(word), rng.below(9) * 20, codec::json(&typed))),
        10 => Wire::get(format!("/home?t={moment}")).header("Cookie", format!("BAIDUID={}:FG=1; H_WISE_SIDS={}_{}_{}; searchHistory={}; last_kw={percent}; BDRCVFR[feWj1Vr5u3D]=I67x6TjHwwYf0", hex.to_uppercase(), rng.digits(5), rng.digits(5), rng.digits(5), codec::percent(format!("[{}]", codec::json(word))))),
        11 => Wire::get(format!("/passport/login?u={}", codec::percent(format!("https://www.so.example/s?wd={percent}&pn=10")))),
        12 => Wire::get(format!("/v.gif?pid=307&type=3071&sign=&qid={hex}&q={plus}&url={}&title={}&p={}", codec::percent(format!("http://www.so.example/link?k={percent}")), codec::percent(format!("{word}_百科")), rng.below(9))),
        _ => Wire::get(format!("/so/{percent}/{}.html", rng.below(99))),
    };
    if rng.chance(30) { wire.mobile(rng) } else { wire.desktop(rng) }.finish(rng)
}
