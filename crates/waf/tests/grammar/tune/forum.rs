//! Honest requests of forums, blogs and mail: BBS code, editors, quoted mail, drawings in letters, and one grammar of posts
//! that always hold code of some language.

use super::super::benign::{BenignGrammar, grammar};
use super::super::codec;
use super::super::rng::Rng;
use super::super::wire::{FORM, JSON, Part, Wire, multipart};
use super::super::words;
use super::{legacy, snippets};

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("forum-bbs-code", 80, bbs),
    grammar("forum-html-editors", 90, editors),
    grammar("forum-comments", 90, comments),
    grammar("forum-posts-with-code", 170, code_posts),
    grammar("mail-composing", 70, mail),
];

/// The pieces of a list between lines of `%%`.
fn piece(rng: &mut Rng, list: &'static str) -> &'static str {
    let pieces: Vec<_> = list.split("\n%%\n").map(|text| text.trim_matches('\n')).collect();
    rng.pick(&pieces)
}

const TITLES: &[&str] = &[
    "求助!!! 在线等",
    "[分享] 我的装机单 & 跑分",
    "【转】今天看到的",
    "关于 \"加班\" 的问题",
    "Re: 大家怎么看?",
    "新手提问: 这个报错怎么解决",
    "C# 和 Java 哪个好?",
    "it's a question",
    "[原创]<游记> 川西 7日",
    "出二手 iPhone 13 128G; 可小刀",
    "50%的人都不知道",
    "update: 已解决",
];

const BBS: &str = r#"
[quote][size=2][url=forum.php?mod=redirect&goto=findpost&pid=123&ptid=45][color=#999999]张三 发表于 2026-3-1 10:00[/color][/url][/size]
'顶' 楼主说得对[/quote]
同意, 不过我觉得 <3000 元 的更好 :lol
%%
[b]【出售】[/b]
[table=98%,#ffffff][tr][td]型号[/td][td]价格[/td][/tr][tr][td]ThinkPad X1[/td][td]¥5000 (不刀)[/td][/tr][/table]
[img=600,400]http://img.bbs.example/forum/202603/01/a.jpg[/img]
[hide]QQ: 12345; tel: 100-0000[/hide]
%%
[align=center][font=微软雅黑][size=5][color=Red]版规(必读)[/color][/size][/font][/align]
[list=1][*]禁止广告;[*]禁止人身攻击 & 引战;[*]'灌水' -> 扣分[/list]
[hr]
[media=x,500,375]https://v.qq.com/txp/iframe/player.html?vid=a0012[/media]
[flash]http://player.youku.com/player.php/sid/XMTI=/v.swf[/flash]
%%
[i=s] 本帖最后由 李四 于 2026-2-2 12:34 编辑 [/i]

[attach]12345[/attach] [attachimg]678[/attachimg]
{:3_41:}{:5_117:} 路过~~~~ ;P
[post=1234]2楼[/post] [replyview]回复可见[/replyview]
%%
[url=javascript:;]点击[/url] 这个链接为什么没反应? [email]a@b.example[/email]
[backcolor=Yellow]重点[/backcolor][u]下划线[/u][s]删除线[/s][p=30, 2, left]段落[/p]
%%
求助: 我的代码哪里错了
[code]
<?php
$sql = "SELECT * FROM pre_forum_post WHERE tid='$tid' ORDER BY dateline DESC LIMIT 10";
$query = DB::query($sql);
while($row = DB::fetch($query)) { echo $row['message']; }
?>
[/code]
谢谢各位大神了, 已经搞了一天了
%%
[font=Tahoma, &quot;]换行 &nbsp; &lt;br&gt; 显示不出来[/font]
[color=rgb(51, 51, 51)][font=&quot;]测试[/font][/color]
%%
| 名次 | 队伍 | 积分 |
| 1 | 上海;申花 | 30 |
| 2 | 北京'国安' | 29 |
--------------------------
以上 -- 来自我的 HUAWEI Mate 60
%%
[audio]http://music.example/song.mp3?id=1&k=2[/audio]
[sup]2[/sup] H[sub]2[/sub]O  x[sup]2[/sup]+y[sup]2[/sup]=1
[fly]欢迎光临[/fly] [qq]12345678[/qq] @管理员 
"#;

const HTML: &str = r##"
<p style="text-indent: 2em; line-height: 1.75em;"><span style="font-family: 宋体, SimSun; font-size: 16px; color: rgb(51, 51, 51);">近日, 我院召开&ldquo;两学一做&rdquo;会议。</span></p><p><br/></p>
%%
<p style="text-align:center"><img src="/ueditor/php/upload/image/20260301/1614567890.jpg" title="1.jpg" alt="1.jpg" width="600" height="400" border="0" vspace="0" style="width:600px;height:400px;"/></p>
%%
<table cellspacing="0" cellpadding="0" border="1" style="border-collapse:collapse;width:100%"><tbody><tr class="firstRow"><td valign="top" width="207" style="word-break: break-all;">姓名</td><td>O'Neil &amp; 张三</td></tr><tr><td colspan="2">&lt;无&gt;</td></tr></tbody></table>
%%
<p><iframe src="//player.bilibili.com/player.html?aid=170001&amp;cid=279786&amp;page=1" scrolling="no" border="0" frameborder="no" framespacing="0" allowfullscreen="true" width="640" height="480"></iframe></p><p>视频如上</p>
%%
<p><video class="edui-upload-video vjs-default-skin video-js" controls="" preload="none" width="420" height="280" src="/upload/video/1.mp4" data-setup="{}"><source src="/upload/video/1.mp4" type="video/mp4"/></video></p>
%%
<p><embed type="application/x-shockwave-flash" class="edui-faked-video" pluginspage="http://www.macromedia.com/go/getflashplayer" src="http://player.youku.com/player.php/sid/XMTI3/v.swf" width="420" height="280" wmode="transparent" play="true" loop="false" menu="false" allowscriptaccess="never" allowfullscreen="true"/></p>
%%
<pre class="brush:java;toolbar:false">public static void main(String[] args) {
    List&lt;String&gt; list = new ArrayList&lt;&gt;();
    for (String s : list) { System.out.println(s); }
}</pre><p>以上代码为什么没有输出, 请大家帮忙看看, 谢谢!</p>
%%
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View><w:Zoom>0</w:Zoom><w:PunctuationKerning/></w:WordDocument></xml><![endif]--><p class="MsoNormal" style="mso-pagination:widow-orphan"><span style="mso-bidi-font-size:10.5000pt;font-family:'Times New Roman'">第一条<o:p></o:p></span></p>
%%
<section data-role="outer" label="Powered by 135editor.com"><section class="_135editor" style="border: 0px none; box-sizing: border-box;"><section style="width: 6px; background-image: url(&quot;https://mmbiz.qpic.example/mmbiz_png/a/0?wx_fmt=png&quot;);"></section></section></section>
%%
<div class="tabs" onclick="showTab(this)"><a href="javascript:void(0)" target="_self">通知公告</a> | <a href="javascript:;">更多&gt;&gt;</a></div>
%%
<p>相关附件:<img src="/ueditor/dialogs/attachment/fileTypeImages/icon_doc.gif" style="vertical-align: middle; margin-right: 2px;"/><a style="font-size:12px; color:#0066cc;" href="/upload/file/20260301/2.docx" title="通知(2026).docx">通知(2026).docx</a></p>
%%
<ul class=" list-paddingleft-2" style="list-style-type: disc;"><li><p>A &gt; B</p></li><li><p>1 + 1 = 2; 'x'</p></li></ul><hr/><blockquote><p>引用 -- 鲁迅</p></blockquote>
%%
<p><a href="javascript:history.go(-1)">返回上一页</a>&nbsp;<a href="#" onclick="window.print();return false;">打印本页</a>&nbsp;<a href="javascript:window.close()">关闭窗口</a></p>
%%
<p><img src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==" alt="截图"/></p>
%%
<p><span class="ql-formula" data-value="e=mc^2"><span contenteditable="false"><math><mi>e</mi></math></span></span> <img class="kfformula" src="/f.png" data-latex="\frac{a}{b}&gt;1"/></p>
%%
<figure class="media"><oembed url="https://www.youtube.com/watch?v=abc"></oembed></figure><figure class="table"><table><tbody><tr><td>1</td></tr></tbody></table></figure>
%%
<p><object classid="clsid:D27CDB6E-AE6D-11cf-96B8-444553540000" width="480" height="400"><param name="movie" value="http://static.video.example/v.swf"/></object></p>
%%
<p><img src="/img/a.jpg" onload="if(this.width>600)this.width=600" onerror="this.src='/img/nopic.gif'" border=0></p>
%%
<svg t="1614567890" class="icon" viewBox="0 0 1024 1024" width="16" height="16"><path d="M512 64a448 448 0 1 1 0 896z" fill="#409eff"></path></svg><p>图标</p>
%%
<style type="text/css">.tb{border-collapse:collapse} .tb td{padding:5px 8px} @media (max-width:600px){.tb{width:100%}}</style><table class="tb"><tr><td>合计</td></tr></table>
%%
<form action="/search.asp" method="get" name="f"><input type="text" name="q" value="" onfocus="if(this.value=='请输入')this.value=''" onblur="if(!this.value)this.value='请输入'"/><input type="submit" value="搜索"/></form>
%%
<marquee behavior="scroll" direction="left" onmouseover="this.stop()" onmouseout="this.start()" scrollamount="3">热烈欢迎上级领导莅临指导</marquee>
"##;

const COMMENTS: &str = r#"
沙发! 😂😂😂 <3
%%
@小明 回复: > 你说的对
不, 我不同意; 理由如下:
1) a>b
2) c<d
3) 'e'
%%
    /\_/\
   ( o.o )
    > ^ <   喵~
%%
┌─┬─┐
│ 1│ 2│
└─┴─┘ ===>> 100% ;; --
%%
It's "so-so" -- I've been there; don't go! (or go, who cares)
%%
select 一下再 update, 千万别 delete from 忘了 where 哈哈哈
%%
' or 1=1 这种老漏洞居然还有? 笑死 🤣
%%
试了 ../../ 不行, 用绝对路径 /usr/local/nginx/html 就好了
%%
用 `rm -rf node_modules && npm install` 就好了, 亲测有效!!
%%
直接 sudo apt install xxx; 然后 reboot 完事
%%
在 cmd 里输入 ipconfig /all | findstr DNS 看看
%%
$('#btn').click(function(){ alert('hi'); }) 这样写就可以了
%%
把 {{ name }} 改成 v-text="name" 即可; 还有 ${name} 也不对
%%
System.out.println("hello"); 少了分号;
%%
= = ! ( ⊙ o ⊙ ) -_-|| orz 囧rz
%%
> quote one
>> quote two
>>> quote three
reply -- thx
%%
价格: ￥99.9/件; 2件8折 = 159.84; 满200-20 & 包邮?
%%
链接: https://pan.baidu.com/s/1abcDEF?pwd=a1b2 提取码: a1b2 
--来自百度网盘超级会员V5的分享
%%
9.9复制打开抖音,看看【张三的作品】... https://v.douyin.com/iAbCdEf/ u@f.oD 02/14 WZZ:/ 
%%
【淘宝】https://m.tb.cn/h.5abc?tk=abcd1234 CZ0001 「正品;'包邮'」
点击链接直接打开 或者 淘宝搜索直接打开
%%
1、cat; 2、dog; 3、pig | 答案: 1 and 3
%%
I'll be back; let's "test" it & see... what's the id?
%%
www.example.com/?a=1&b=2 打不开, 显示 <h1>404 Not Found</h1>
%%
好文! 收藏了 (。・ω・。)ノ♡ [赞][赞][赞] /::) /:strong
%%
<img src=x> 显示不了图片
%%
感谢分享! <a href="http://www.shop.example" title="代写">代写</a> <a href='http://b.example'>b</a>
%%
用 exec 和 fork 的区别; system("pause"); 为什么窗口一闪而过
%%
版本 1.0;2.0;3.0 都试了, id;name 这样分隔
%%
Me too (same here) || 同求 ; 求发 zhang@mail.example, li@mail.example; wang@mail.example
%%
Subject: 你好
To: 全体同事
Bcc: 无
正文: 明天放假
%%
From: hr@corp.example
Sent: Monday, March 2, 2026 9:00 AM
To: all@corp.example
Cc: boss@corp.example
Subject: 通知

收到请回复
"#;

const MAIL: &str = r#"
Hi Tom,

Please see below; it's "urgent" -- thanks!

-----Original Message-----
From: Zhang Wei <zhangwei@corp.example>
To: li.lei@corp.example
Cc: "O'Brien, Pat" <pat@corp.example>
Subject: RE: Q3 report & plan
Date: Mon, 2 Mar 2026 09:00:00 +0800

> The table is dropped; select another from the list.
> Best, Zhang
%%
------------------ 原始邮件 ------------------
发件人: "张三"<123456@qq.example>;
发送时间: 2026年3月2日(星期一) 上午9:00
收件人: "李四"<li@mail.example>;
主题: 回复:合同<终稿>

附件请查收;如有问题, 请联系我。
%%
<div style="font-family: Microsoft YaHei; font-size: 14px;"><div>王总:</div><div>&nbsp;&nbsp;报价见附件, 单价&lt;100元。</div><includetail><div style="font-size: 12px;background:#efefef;padding:8px;"><div><b>From:</b>&nbsp;<a href="mailto:a@b.example">a@b.example</a></div><div><b>To:</b>&nbsp;c@d.example</div><div><b>Subject:</b>&nbsp;报价</div></div></includetail></div>
%%
<div class="ntes-mailmaster-quote" style="margin-top: 1em"><p>On 3/2/2026 09:00, Tom wrote:</p><blockquote style="border-left:1px solid #ccc"><pre>Dear all,
quit
data
mail from now on goes to the new server; rcpt to follow
.
Regards</pre></blockquote></div>
%%
Dear sir/madam,
To: whom it may concern
Re: invoice #1234 (USD 5,000.00)
We've wired 50% & will pay the rest on 3/15; or earlier.
Attached: invoice.pdf; contract.docx
--
Best regards / 此致 敬礼
Tel: +86-21-0000-0000 | Fax: +86-21-0000-0001 | www.corp.example
%%
各位同事:
  服务器 10.1.2.3 今晚 22:00 重启, 执行: systemctl stop tomcat; sleep 10; reboot
  请提前保存; 有问题 call 8888
信息部
%%
您好,
您的验证码是 123456 (5分钟内有效)。If you didn't request this, ignore it; don't share <code>.
%%
Cron <root@web01> /usr/bin/php /www/cron.php >> /tmp/cron.log 2>&1
这个提醒每天都发, 怎么关掉?
"#;

fn bbs(rng: &mut Rng) -> Vec<u8> {
    let (title, text) = (rng.pick(TITLES), piece(rng, BBS));
    let text = format!(
        "{text}{}",
        rng.pick(&["", "\n顶一个", "\n:handshake", "\n--\n签名: 路漫漫其修远兮; it's me", "\n2026/3/1 更新: 已解决"])
    );
    let (id, hash) = (rng.below(99_999), rng.hex(8));
    match rng.below(4) {
        0 => Wire::post(format!("/forum.php?mod=post&action=reply&fid=2&tid={id}&extra=page%3D1&replysubmit=yes&infloat=yes&handlekey=fastpost&inajax=1"), FORM, format!("message={}&posttime=16{}&formhash={hash}&usesig=1&subject=++", codec::form(&text), rng.digits(8))),
        1 => Wire::post("/forum.php?mod=post&action=newthread&fid=36&extra=&topicsubmit=yes", FORM, format!("formhash={hash}&wysiwyg=1&typeid=12&subject={}&checkbox=0&message={}&replycredit_extcredits=0&readperm=&allownoticeauthor=1", codec::form(title), codec::form(&text))),
        2 => {
            // The forum's page is in GBK, and so is the form.
            let message: String = legacy::double_bytes(&text).iter().map(|byte| if byte.is_ascii_alphanumeric() { char::from(*byte).to_string() } else { format!("%{byte:02X}") }).collect();
            Wire::post(format!("/dispbbs.asp?BoardID={}&ID={id}", rng.below(9)), FORM, format!("Body={message}&followup={id}&TotalUseTable=Dv_bbs1"))
        }
        _ => {
            let (kind, body) = multipart(&[Part::field("formhash", hash), Part::field("subject", title), Part::field("message", text.replace('\n', "\r\n")), Part::field("attachnew[12][description]", "")], rng);
            Wire::post(format!("/post.php?fid={}&nowtime={}", rng.below(99), rng.digits(10)), &kind, body)
        }
    }
    .desktop(rng)
    .finish(rng)
}

fn editors(rng: &mut Rng) -> Vec<u8> {
    let count = rng.between(1, 3);
    let html: String = (0..count).map(|_| piece(rng, HTML)).collect();
    let (title, id) = (rng.pick(TITLES), rng.below(99_999));
    match rng.below(5) {
        0 => Wire::post("/admin/Article/edit.html", FORM, format!("id={id}&catid=8&title={}&editorValue={}&inputtime={}", codec::form(title), codec::form(&html), codec::form("2026-03-01 10:00:00"))),
        1 => Wire::post("/dede/article_add.php", FORM, format!("channelid=1&dopost=save&title={}&flags%5B%5D=c&source=&writer=&typeid={id}&body={}&dede_addonfields=&imageField.x=30", codec::form(title), codec::form(&html))),
        2 => Wire::post("/api/news/save", JSON, format!("{{\"id\":{id},\"title\":{},\"content\":{},\"status\":1}}", codec::json(title), codec::json(&html))),
        3 => {
            let (kind, body) = multipart(&[Part::field("title", title), Part::field("content1", html), Part::file("pic", "", "application/octet-stream", "")], rng);
            Wire::post("/manage/NewsAdd.aspx?action=add", &kind, body)
        }
        _ => Wire::new("PUT", format!("/api/articles/{id}/draft")).body(JSON, format!("{{\"html\":{},\"text\":{},\"markdown\":null,\"cover\":\"\"}}", codec::json(&html), codec::json(title))),
    }
    .desktop(rng)
    .finish(rng)
}

fn comments(rng: &mut Rng) -> Vec<u8> {
    let text = piece(rng, COMMENTS);
    let (id, token) = (rng.below(999_999), rng.hex(32));
    match rng.below(7) {
        0 => Wire::post("/wp-comments-post.php", FORM, format!("comment={}&author={}&email=a%40b.example&url=&comment_post_ID={id}&comment_parent=0", codec::form(text), codec::form(words::person(rng)))).desktop(rng),
        1 => Wire::post("/x/v2/reply/add", FORM, format!("oid={id}&type=1&message={}&plat=1&csrf={token}", codec::form(text))).desktop(rng),
        2 => Wire::post("/ajax/comments/create", JSON, format!("{{\"id\":\"{id}\",\"comment\":{},\"pic_id\":\"\",\"is_repost\":0}}", codec::json(text))).desktop(rng),
        3 => Wire::get(format!("/api/comment/add?callback=jQuery{}_{}&aid={id}&content={}&_={}", rng.digits(20), rng.digits(13), codec::percent(text), words::millis(rng))).desktop(rng),
        4 => Wire::post("/plus/feedback_ajax.php", FORM, format!("dopost=send&aid={id}&fid=0&face=1&feedbacktype=feedback&validate={}&notuser=&username={}&msg={}", rng.letters(4), codec::form("游客"), codec::form(text))).desktop(rng),
        5 => Wire::post("/graphql", JSON, format!("{{\"operationName\":\"addComment\",\"variables\":{{\"input\":{{\"subjectId\":\"{token}\",\"body\":{}}}}},\"query\":\"mutation addComment($input: AddCommentInput!) {{ addComment(input: $input) {{ comment {{ id body author {{ login }} }} }} }}\"}}", codec::json(text))).desktop(rng),
        _ => Wire::post("/wap/reply", FORM, format!("tid={id}&content={}&client={}&nonce={token}", codec::form(text), codec::form("Android 13; MI 12"))).mobile(rng),
    }
    .finish(rng)
}

/// A post around a piece of code, as question, answer, article or paste.
fn code_posts(rng: &mut Rng) -> Vec<u8> {
    let (language, code) = snippets::snippet(rng);
    let asks = rng.pick(&[
        "请问这段代码有什么问题?",
        "运行报错了, 求大神帮忙看一下:",
        "分享一下我的写法, 欢迎指正。",
        "如下, 为什么没有效果呢",
        "How can I fix this? Thanks in advance.",
        "笔记: 备忘一下",
        "按照教程写的, 结果不对",
    ]);
    let ends =
        rng.pick(&["", "谢谢!", "环境: CentOS 7.9 / JDK 1.8", "已经试过重启, 没用。", "Any help is appreciated."]);
    let title = rng.pick(TITLES);
    let escaped = codec::xml(code);
    let text = match rng.below(5) {
        0 | 1 => format!("{asks}\n\n```{language}\n{code}\n```\n\n{ends}"),
        2 => format!("<p>{asks}</p><pre class=\"brush:{language};toolbar:false\">{escaped}</pre><p>{ends}</p>"),
        3 => format!("<p>{asks}</p><pre><code class=\"language-{language}\">{escaped}</code></pre><p>{ends}</p>"),
        _ => format!("{asks}\n{code}\n{ends}"),
    };
    let id = rng.below(99_999);
    match rng.below(6) {
        0 => Wire::post("/blog-console-api/v1/postedit/saveArticle", JSON, format!("{{\"id\":\"{id}\",\"title\":{},\"markdowncontent\":{},\"content\":{},\"tags\":\"{language}\",\"status\":2,\"categories\":\"\"}}", codec::json(title), codec::json(&text), codec::json(format!("<p>{asks}</p><pre><code>{escaped}</code></pre><p>{ends}</p>")))),
        1 => Wire::post("/question/ask", FORM, format!("title={}&content={}&tags={language}&_csrf={}", codec::form(title), codec::form(&text), rng.hex(32))),
        2 => Wire::post(format!("/api/topics/{id}/replies"), JSON, format!("{{\"content\":{},\"reply_id\":null}}", codec::json(&text))),
        3 => {
            let (kind, body) = multipart(&[Part::field("title", title), Part::field("body", text.replace('\n', "\r\n")), Part::field("lang", language)], rng);
            Wire::post("/thread/new", &kind, body)
        }
        4 => Wire::post("/content_api/v1/article_draft/update", JSON, format!("{{\"id\":\"{id}\",\"title\":{},\"brief_content\":{},\"mark_content\":{},\"edit_type\":10}}", codec::json(title), codec::json(asks), codec::json(&text))),
        _ => Wire::post("/forum.php?mod=post&action=newthread&fid=2&topicsubmit=yes", FORM, format!("formhash={}&subject={}&message={}", rng.hex(8), codec::form(title), codec::form(format!("{asks}\r\n[code]{}[/code]\r\n{ends}", code.replace('\n', "\r\n"))))),
    }
    .desktop(rng)
    .finish(rng)
}

fn mail(rng: &mut Rng) -> Vec<u8> {
    let (text, title) = (piece(rng, MAIL), rng.pick(TITLES));
    let to = rng.pick(&[
        "li.lei@corp.example",
        "\"李四\" <li@mail.example>; \"O'Hara\" <oh@mail.example>",
        "a@b.example,c@d.example",
        "王五<wang@corp.example>;",
    ]);
    match rng.below(5) {
        0 => Wire::post(format!("/cgi-bin/compose_send?sid={}", rng.base64_url(24)), FORM, format!("to={}&subject={}&content__html={}&sendmailname=a%40b.example&savesendbox=1&actiontype=send", codec::form(to), codec::form(title), codec::form(text))),
        1 => Wire::post(format!("/js6/s?sid={}&func=mbox%3Acompose", rng.token(32)), FORM, format!("var={}", codec::form(format!("<?xml version=\"1.0\"?><object><string name=\"id\">c:{}</string><object name=\"attrs\"><string name=\"account\">a@b.example</string><array name=\"to\"><string>{}</string></array><string name=\"subject\">{}</string><boolean name=\"isHtml\">true</boolean><string name=\"content\">{}</string></object><string name=\"action\">deliver</string></object>", rng.digits(13), codec::xml(to), codec::xml(title), codec::xml(text))))),
        2 => Wire::post("/coremail/s/json?func=mbox:compose", JSON, format!("{{\"attrs\":{{\"to\":[{}],\"subject\":{},\"content\":{},\"isHtml\":true,\"priority\":3}},\"action\":\"deliver\",\"returnInfo\":true,\"n\":{}}}", codec::json(to), codec::json(title), codec::json(text), rng.below(999))),
        3 => {
            let (kind, body) = multipart(&[Part::field("_to", to), Part::field("_subject", title), Part::field("_message", text.replace('\n', "\r\n")), Part::field("_token", rng.hex(32))], rng);
            Wire::post("/webmail/?_task=mail&_action=send", &kind, body)
        }
        _ => Wire::post("/oa/mail/save.do", FORM, format!("receiver={}&title={}&body={}&mailId={}", codec::form(to), codec::form(title), codec::form(text), rng.below(9999))),
    }
    .desktop(rng)
    .finish(rng)
}
