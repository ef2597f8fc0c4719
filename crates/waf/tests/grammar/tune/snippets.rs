//! Pieces of program text as people post them: short, whole, and of the languages that the forums of the land speak.

use super::super::rng::Rng;

/// Name of the language as highlighters know it, and a piece of it.
pub(super) fn snippet(rng: &mut Rng) -> (&'static str, &'static str) {
    let pieces: Vec<_> =
        SNIPPETS.split("\n%% ").filter_map(|piece| piece.trim_matches('\n').split_once('\n')).collect();
    rng.pick(&pieces)
}

const SNIPPETS: &str = r##"
%% bash
#!/bin/bash
for f in $(ls /data/backup/*.sql); do
  gzip "$f" && echo "$f done"
done
find /data/backup -mtime +7 -name "*.gz" -exec rm -f {} \;
%% bash
cd /usr/local/src
wget http://nginx.org/download/nginx-1.20.1.tar.gz
tar zxvf nginx-1.20.1.tar.gz && cd nginx-1.20.1
./configure --prefix=/usr/local/nginx --with-http_ssl_module
make && make install
%% bash
ps -ef|grep tomcat|grep -v grep|awk '{print $2}'|xargs kill -9
cat /etc/redhat-release; uname -r; free -m; df -h
echo "export PATH=$PATH:/opt/jdk/bin" >> /etc/profile; source /etc/profile
%% shell
curl -s "http://127.0.0.1:8080/api?id=1&type=2" | python -m json.tool
docker rm -f $(docker ps -aq); docker rmi `docker images -q`
nohup sh start.sh > /dev/null 2>&1 &
%% bat
@echo off
set DIR=%~dp0
for /f "tokens=*" %%i in ('dir /b *.txt') do (
  copy "%%i" D:\backup\ /y
)
net stop mysql & net start mysql
pause
%% powershell
Get-Process | Where-Object { $_.CPU -gt 100 } | Stop-Process -Force
$wc = New-Object System.Net.WebClient
$wc.DownloadFile("http://soft.example/a.zip", "D:\a.zip")
%% sql
SELECT a.dept_name, COUNT(*) AS cnt
FROM t_visit v LEFT JOIN t_dept a ON a.id = v.dept_id
WHERE v.visit_date BETWEEN '2026-01-01' AND '2026-12-31' AND 1=1
GROUP BY a.dept_name HAVING COUNT(*) > 10
ORDER BY cnt DESC LIMIT 10;
%% sql
CREATE TABLE `user` (
  `id` int(11) NOT NULL AUTO_INCREMENT COMMENT '主键',
  `name` varchar(50) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
INSERT INTO `user` VALUES (1,'张三'),(2,'O''Neil');
DROP TABLE IF EXISTS `tmp`;
%% sql
select id, name from a where id = 1
union all
select id, name from b where name = '' or name is null
%% sql
select table_name, data_length/1024/1024 from information_schema.tables where table_schema='test' order by 2 desc;
show processlist; kill 123;
update mysql.user set authentication_string=password('123456') where user='root'; flush privileges;
%% sql
declare @i int; set @i=1;
while @i<=100 begin
  insert into t(id) values(@i); set @i=@i+1;
end
exec sp_executesql N'select * from t where id=@id', N'@id int', @id=1
waitfor delay '00:00:01'
%% java
public class Test {
    public static void main(String[] args) throws Exception {
        Process p = Runtime.getRuntime().exec("ping 127.0.0.1");
        BufferedReader br = new BufferedReader(new InputStreamReader(p.getInputStream(), "GBK"));
        String line;
        while ((line = br.readLine()) != null) { System.out.println(line); }
    }
}
%% java
@GetMapping("/user/{id}")
public Result<User> get(@PathVariable Long id, @RequestParam(value = "name", required = false) String name) {
    Class<?> clazz = Class.forName("com.demo.User");
    Method m = clazz.getMethod("getName");
    return Result.ok((User) m.invoke(clazz.newInstance()));
}
%% java
String sql = "select * from user where name='" + name + "' and pwd='" + pwd + "'";
Statement st = conn.createStatement();
ResultSet rs = st.executeQuery(sql);
%% java
Context ctx = new InitialContext();
DataSource ds = (DataSource) ctx.lookup("java:comp/env/jdbc/test");
logger.info("用户 {} 登录, ip={}", user.getName(), ip);
%% jsp
<%@ page language="java" contentType="text/html; charset=UTF-8" pageEncoding="UTF-8"%>
<% String path = request.getContextPath(); %>
<c:forEach items="${list}" var="u"><td>${u.name}</td></c:forEach>
<%=request.getParameter("id")%>
%% php
<?php
$conn = mysqli_connect("localhost", "root", "123456", "test");
$id = $_GET['id'];
$sql = "SELECT * FROM news WHERE id=" . intval($id);
$res = mysqli_query($conn, $sql);
while ($row = mysqli_fetch_assoc($res)) { echo $row['title'] . "<br>"; }
?>
%% php
<?php
if ($_FILES["file"]["error"] > 0) { echo "Error: " . $_FILES["file"]["error"]; }
else { move_uploaded_file($_FILES["file"]["tmp_name"], "upload/" . $_FILES["file"]["name"]); }
%% php
public function index() {
    $list = Db::name('user')->where('status', 1)->order('id desc')->paginate(10);
    return $this->fetch('index', ['list' => $list]);
}
%% php
$data = json_decode(file_get_contents('php://input'), true);
exec('ffmpeg -i ' . escapeshellarg($src) . ' ' . $dst, $output, $ret);
eval('$a = 1;'); // 为什么不推荐
%% javascript
$.ajax({
  url: '/api/list', type: 'POST', data: { page: 1, name: $('#name').val() },
  success: function (res) { if (res.code == 0) { $('#box').html('<li>' + res.data + '</li>'); } else { alert(res.msg); } },
  error: function (e) { console.log(e); }
});
%% javascript
const fs = require('fs');
const { exec } = require('child_process');
exec('ls -l', (err, stdout, stderr) => { console.log(stdout); });
console.log(process.env.NODE_ENV);
%% javascript
function getQuery(name) {
  var r = window.location.search.substr(1).match(new RegExp("(^|&)" + name + "=([^&]*)(&|$)", "i"));
  return r != null ? unescape(r[2]) : null;
}
document.cookie = "a=1; path=/"; setTimeout("location.reload()", 1000);
%% javascript
Array.prototype.myMap = function (fn) { const r = []; for (let i = 0; i < this.length; i++) { r.push(fn(this[i], i)); } return r; };
obj.__proto__ === Foo.prototype; // true
eval("var a = 1"); new Function("return 1")();
%% vue
<template>
  <el-table :data="list" @row-click="onRow"><el-table-column prop="name" label="姓名" /></el-table>
  <a href="javascript:;" @click.prevent="go">{{ item.name || '无' }}</a>
</template>
<script>
export default { data() { return { list: [] } }, methods: { go() { this.$router.push({ path: '/a', query: { id: 1 } }) } } }
</script>
<style scoped>.a { color: red }</style>
%% html
<!DOCTYPE html>
<html>
<head><meta charset="utf-8"><title>test</title>
<script src="https://cdn.bootcdn.net/ajax/libs/jquery/3.6.0/jquery.min.js"></script>
<script>window.onload = function () { alert("hello"); }</script>
</head>
<body onload="init()"><img src="a.jpg" onerror="this.src='b.jpg'"><button onclick="alert(1)">点我</button></body>
</html>
%% html
<iframe src="http://map.example/?k=1" width="100%" height="300" frameborder="0"></iframe>
<input type="text" onkeyup="value=value.replace(/[^\d]/g,'')" onfocus="this.select()">
%% c
#include <stdio.h>
#include <stdlib.h>
int main(void) {
    char a[10]; int n = 0;
    scanf("%d", &n);
    for (int i = 0; i < n && i < 10; i++) { a[i] = 'a' + i; printf("%c|", a[i]); }
    system("pause"); system("cls");
    return 0;
}
%% cpp
std::map<std::string, std::vector<int>> m;
auto it = m.find("a"); if (it != m.end()) std::cout << it->first << std::endl;
template <typename T> T max(T a, T b) { return a > b ? a : b; }
%% csharp
using (SqlConnection conn = new SqlConnection("server=.;database=test;uid=sa;pwd=123456"))
{
    string sql = "select count(*) from Users where UserName='" + txtName.Text.Trim() + "'";
    Process.Start("cmd.exe", "/c ipconfig > a.txt");
    Response.Write("<script>alert('登录成功');location.href='index.aspx';</script>");
}
%% python
import os, requests
from bs4 import BeautifulSoup
r = requests.get('http://www.shop.example/?p=%d' % 1, headers={'User-Agent': 'Mozilla/5.0'})
soup = BeautifulSoup(r.text, 'lxml')
for a in soup.select('div.list > a'): print(a['href'], a.get_text())
os.system('pause')
%% python
import subprocess
p = subprocess.Popen('ls -l | grep py', shell=True, stdout=subprocess.PIPE)
print(p.communicate()[0].decode('utf-8'))
if __name__ == '__main__':
    print(().__class__.__bases__)
%% python
df = pd.read_csv('data.csv', encoding='gbk')
df[(df['age'] > 18) & (df['sex'] == '男') | (df['x'].isnull())].groupby('dept')['fee'].sum()
result = eval(input('表达式: '))
%% django
{% for p in page.object_list %}<li class="{% if forloop.first %}on{% endif %}">{{ p.name|default:'-' }}</li>{% endfor %}
{{ request.user.username }} {{ form.as_p }} {% url 'detail' p.id %}
%% nginx
server {
    listen 80; server_name www.shop.example;
    location / { root /usr/share/nginx/html; try_files $uri $uri/ /index.html; }
    location ~ \.php$ { fastcgi_pass 127.0.0.1:9000; fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name; }
    location ^~ /api/ { proxy_pass http://127.0.0.1:8080/; proxy_set_header X-Real-IP $remote_addr; }
    if ($request_uri ~* "(\.git|\.env|/etc/passwd)") { return 403; }
}
%% xml
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE mapper PUBLIC "-//mybatis.org//DTD Mapper 3.0//EN" "http://mybatis.org/dtd/mybatis-3-mapper.dtd">
<mapper namespace="com.demo.UserMapper">
  <select id="list" resultType="com.demo.User">
    select * from user <where><if test="name != null and name != ''">and name like concat('%', #{name}, '%')</if></where>
    order by ${orderBy}
  </select>
</mapper>
%% xml
<dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-core</artifactId><version>${log4j.version}</version></dependency>
<bean id="ds" class="com.alibaba.druid.pool.DruidDataSource"><property name="url" value="jdbc:mysql://localhost:3306/test?useUnicode=true&amp;characterEncoding=utf8"/></bean>
%% yaml
spring:
  datasource:
    url: jdbc:mysql://127.0.0.1:3306/test?useSSL=false&serverTimezone=Asia/Shanghai
    username: root
    password: ${DB_PASS:123456}
server: { port: 8080 }
%% ini
[mysqld]
basedir=C:\Program Files\MySQL\MySQL Server 8.0\
datadir=/var/lib/mysql
secure_file_priv=''
sql_mode=STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION
[client]
default-character-set=utf8
%% properties
log4j.appender.A1.layout.ConversionPattern=%d{yyyy-MM-dd HH:mm:ss} [%t] %-5p %c{1}:%L - %m%n
log4j.appender.A1.File=${catalina.home}/logs/app.log
jdbc.driver=com.mysql.jdbc.Driver
%% text
java.lang.NullPointerException: Cannot invoke "String.length()" because "<local1>" is null
	at com.demo.controller.UserController.login(UserController.java:45)
	at sun.reflect.NativeMethodAccessorImpl.invoke0(Native Method)
	at java.lang.reflect.Method.invoke(Method.java:498)
	at org.apache.catalina.core.ApplicationFilterChain.doFilter(ApplicationFilterChain.java:166)
Caused by: java.sql.SQLSyntaxErrorException: You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for the right syntax to use near 'desc' at line 1
%% text
[root@localhost ~]# cat /etc/hosts
127.0.0.1   localhost localhost.localdomain
[root@localhost ~]# systemctl status firewalld
● firewalld.service - dynamic firewall daemon
   Active: inactive (dead)
[root@localhost ~]# ls -l /etc/passwd; id
-rw-r--r--. 1 root root 1234 Mar  1 10:00 /etc/passwd
uid=0(root) gid=0(root)
%% text
192.168.1.5 - - [01/Mar/2026:10:00:00 +0800] "GET /index.php?id=1%27%20or%201=1 HTTP/1.1" 404 169 "-" "Mozilla/5.0 (compatible; Baiduspider/2.0)"
192.168.1.6 - - [01/Mar/2026:10:00:01 +0800] "GET /../../etc/passwd HTTP/1.0" 400 0 "-" "-"
%% text
Traceback (most recent call last):
  File "/home/app/main.py", line 12, in <module>
    cur.execute("select * from t where id = %s" % id)
pymysql.err.ProgrammingError: (1064, "You have an error in your SQL syntax near '' at line 1")
%% text
C:\Users\admin>ipconfig /all
Windows IP 配置
   IPv4 地址 . . . . . . . . . . . . : 192.168.1.10(首选)
C:\Users\admin>ping www.baidu.com & tracert 8.8.8.8
%% dockerfile
FROM openjdk:8-jdk-alpine
RUN apk add --no-cache tzdata && cp /usr/share/zoneinfo/Asia/Shanghai /etc/localtime
COPY target/*.jar /app.jar
ENTRYPOINT ["java","-Djava.security.egd=file:/dev/./urandom","-jar","/app.jar"]
CMD ["sh", "-c", "java $JAVA_OPTS -jar app.jar"]
%% go
rows, err := db.Query("SELECT id, name FROM users WHERE id = ? OR name = ?", 1, "张三")
if err != nil { log.Fatal(err) }
out, _ := exec.Command("sh", "-c", "ls -l | wc -l").Output()
%% lua
local res = redis.call('get', KEYS[1])
if res == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end
os.execute("sleep 1")
%% vb
Set rs = Server.CreateObject("ADODB.RecordSet")
sql = "select * from [news] where id=" & Request.QueryString("id")
rs.open sql,conn,1,1
Response.Write "<a href='show.asp?id=" & rs("id") & "'>" & rs("title") & "</a>"
<% If Session("admin")="" Then Response.Redirect "login.asp" %>
%% ruby
User.where("name = ? or age > ?", params[:name], 18).order(:id).each { |u| puts "#{u.name}: #{u.age}" }
system("ls -l"); `uname -a`
<%= link_to 'Back', users_path %>
%% mongodb
db.user.find({ age: { $gt: 18, $ne: null }, $or: [{ name: /^张/ }, { tags: { $in: ["a"] } }] }).sort({ _id: -1 })
db.user.find({ $where: "this.a == this.b" })
%% regex
^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$
/<img[^>]+src=['"]([^'"]+)['"]/gi
%% latex
\begin{equation} \int_0^\infty e^{-x^2}\,dx=\frac{\sqrt{\pi}}{2} \end{equation} % 注释
$\{x \mid x>0 \land x<1\}$ \\ \input{../chap/ch1.tex} \include{preface}
"##;
