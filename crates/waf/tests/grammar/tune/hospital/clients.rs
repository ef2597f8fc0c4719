//! Old clients and old pages: Web Forms, grids of ten years ago, Delphi and PowerBuilder programs, machines in the hall.

use super::super::super::benign::{BenignGrammar, grammar};
use super::letter::tell;

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("postbacks-and-old-grids", 45, |rng| tell(PAGES, &[TYPED], rng)),
    grammar("fat-clients-and-kiosks", 45, |rng| tell(PROGRAMS, &[TYPED, REPLIES], rng)),
];

const TYPED: &[&str] = &[
    "心电图(床旁)×1; 加急!",
    "患者要求退号,原因:号源时间与“核酸”冲突",
    "自费/医保 各50%;见附件#2",
    "1.2.3床调换;§p→§n床;4床空",
    "D:\\HIS\\report\\§D.rpt 打不开",
    "A&B 两家供应商报价:A=¥§m.00;B=¥§m.50(含税13%)",
    "不详 / 未测 / N/A / --",
    "备注:见“§d”记录;第3条<5条>",
    "手术室(3F) 空调 18℃~22℃,湿度 >60%",
    "核对:是/否=是;签名:§p;时间 §t",
    "§p's order (see fax p.2/3) -- ok'd by Dr. Lee",
    "联系电话:§P(儿子)、010-0000§n(宅)",
    "规格:10ml:0.1g*5支/盒;厂家:XX药业(集团)",
    "C反应蛋白 < 0.5;血沉 > 20;提示 = 炎症?",
];

const REPLIES: &[&str] =
    &["0|成功||", "-1^门诊号不存在!^§i", "AE:库存不足(现存<§n)", "1$$OK$$§i$$", "9999#系统忙,请稍后再试#"];

const PAGES: &[&str] = &[
    r"POST /his/outp/RegEdit.aspx?id=§i&mode=edit form d
Referer: http://10.12.8.5:8081/his/outp/RegEdit.aspx?id=§i&mode=edit

__EVENTTARGET=ctl00%24cph%24lbtnSave&__EVENTARGUMENT=&__LASTFOCUS=&__VIEWSTATE=%2FwEPDwULLTE2§bZGQCAQ9kFgICAw9kFg%3D%3D&__VIEWSTATEGENERATOR=CA0B0334&__EVENTVALIDATION=%2FwEdAA§b%3D&ctl00%24cph%24txtName=«§p»&ctl00%24cph%24txtRemark=«§1»&ctl00%24cph%24ddlSex=1&ctl00%24cph%24gv%24ctl02%24chk=on",
    r"POST /Admin/GridPage.aspx form d
X-MicrosoftAjax: Delta=true
X-Requested-With: XMLHttpRequest

ctl00%24ScriptManager1=ctl00%24up1%7Cctl00%24gv1&__EVENTTARGET=ctl00%24gv1&__EVENTARGUMENT=Page%24§n&__VIEWSTATE=§b&txtKey=«§1»&__ASYNCPOST=true&",
    r"POST /WebHis/Handler/Grid.ashx?method=Query form d

page=1&rows=50&sort=adm_date&order=desc&q=«§1»&where=«dept_name='心内科' and state=1»&fields=«id,name,case_no»",
    r#"POST /ext/store.do?_dc=§s form d

start=0&limit=25&sort=%5B%7B%22property%22%3A%22regTime%22%2C%22direction%22%3A%22DESC%22%7D%5D&filter=«[{"operator":"like","value":"§p","property":"name"},{"operator":"lt","value":"§d","property":"date"}]»&memo=«§1»"#,
    r"POST /ea/Service.aspx/GetList json d

{'pageIndex':§n,'pageSize':15,'strWhere':'','keyword':«§1»,'dept':'0§n'}",
    r"GET /asp/query.asp?xm=%CD%F5%D0%A1&kb=%C4%DA%BF%C6&bz=%B2%BB%B3%A3&rq=§d&page=§n - d",
    r"POST /asp/save.asp application/x-www-form-urlencoded d
Referer: http://192.0.2.31/asp/edit.asp?id=§n

id=§n&xm=%D5%C5%C8%FD&ks=%CD%E2%BF%C6&bz=%D1%AA%D1%B9%3E140%2F90%3B%D2%BB%B0%E3&Submit=+%CC%E1+%BD%BB+",
    r"POST /struts/patient!update.action form d

patient.id=§i&patient.name=«§p»&patient.address=«§a»&patient.memo=«§1»&patient.contacts%5B0%5D.tel=§P&struts.token.name=token&token=§T",
    r"POST /jsf/admission.xhtml form d
Faces-Request: partial/ajax

javax.faces.partial.ajax=true&javax.faces.source=frm%3AbtnSave&javax.faces.partial.execute=%40all&frm%3Abed_input=§n&frm%3Aremark=«§1»&frm_SUBMIT=1&javax.faces.ViewState=-§l%3A§i",
    r#"POST /lotus/his.nsf/patient?OpenForm&Seq=§n multi d

%%__Click
48257§hC.6b0/$Body/0.1A2
%%%%Surrogate_Dept
1
%%Subject
§1
%%Body
<font size="2" face="宋体">§1</font><br>
%%_doc|通知(§d).doc|application/msword
ÐÏ §h"#,
    r"GET /Report/View.aspx?rpt=«门诊日志(按科室)»&p=%40begin%3D§d%3B%40end%3D§d%3B%40dept%3D«§k»&export=xls - d",
    r"POST /dwr/call/plaincall/QueueService.callNext.dwr text/plain d

callCount=1
page=/queue/doctor.jsp?room=§n
httpSessionId=§H
scriptSessionId=§H§m
c0-scriptName=QueueService
c0-methodName=callNext
c0-id=0
c0-e1=string:§i
c0-e2=string:«§1»
c0-param0=Object_Object:{id:reference:c0-e1, memo:reference:c0-e2}
batchId=§n",
    r"POST /oa/dhtmlx/connector.php?editing=true&dhxr=§s form d

ids=§i&§i_gr_id=§i&§i_c0=«§p»&§i_c1=«§1»&§i_c2=%3E%3D60&§i_%21nativeeditor_status=updated",
    r"POST /jqgrid/edit form d

oper=edit&id=jqg§n&name=«§p»&unit=«10^9/L»&low=3.5&high=9.5&memo=«§1»",
    r#"GET /query/list.do?method=query&groupOp=AND&rules=«{"field":"age","op":"ge","data":"60"}»&name=«§p»&nd=§s - d"#,
    r"POST /WebCharge/frmCharge.aspx multi d

%%__VIEWSTATE
/wEPDwUKMTY§b==
%%GridView1$ctl03$txtPrice
§f
%%GridView1$ctl03$txtNote
§1
%%FileUpload1|发票(§i).jpg|image/pjpeg
JFIF §h
%%ImageButton1.x
§n",
];

const PROGRAMS: &[&str] = &[
    r#"POST /HisServer.dll/datasnap/rest/TSM/QueryData json n
User-Agent: Embarcadero RESTClient/1.0
Pragma: dssession=§m.§m.§m

{"_parameters":[{"Code":"MZ_GH","Args":["§i","§d","0301"],"Note":«§1»}]}"#,
    r#"POST /soap/IHisService text/xml n
User-Agent: CodeGear SOAP 1.3
SOAPAction: "urn:HisIntf-IHisService#SavePatient"

<?xml version="1.0"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><SOAP-ENV:Body SOAP-ENV:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><NS1:SavePatient xmlns:NS1="urn:HisIntf-IHisService"><sData xsi:type="xsd:string">«<DATAPACKET Version="2.0"><ROWDATA><ROW BRXM="§p" BZ="§1"/></ROWDATA></DATAPACKET>»</sData></NS1:SavePatient></SOAP-ENV:Body></SOAP-ENV:Envelope>"#,
    r#"POST /pbsoap/n_his.asmx text/xml;charset=utf-8 n
User-Agent: PowerBuilder/11.5 EasySoap++/0.8
SOAPAction: "http://tempurl.org/of_trans"

<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Body><m:of_trans xmlns:m="http://tempurl.org"><as_code>2100</as_code><as_in>«§i^§p^§1^§d^|^»</as_in><as_out></as_out></m:of_trans></SOAP-ENV:Body></SOAP-ENV:Envelope>"#,
    r"POST /zzj/api?action=register application/x-www-form-urlencoded n
User-Agent: Mozilla/4.0 (compatible; ICS)

card=%3B§i%3D§m%3F&name=«§p»&dept=«§k»&price=§n.00&mac=00-0C-29-§n-AB-CD&sign=§H&memo=«§2»",
    r#"POST /selfservice/print json n
User-Agent: Mozilla/5.0 (Windows NT 6.1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/49.0.2623.112 Safari/537.36 ZZJ/2.1 (KIOSK-§n)

{"tmpl":"凭条v3","lines":["=====§d §t=====","姓名: §p","排队号: A0§n (前面 §n 人)",«§1»,"\u001b@\u001da\u0001"],"qr":"https://wx.boai.example/q?n=§n&k=§h","cut":true}"#,
    r"GET /update/HisClient.ini?ver=3.2.§n.§m&pc=«YF-窗口0§n»&user=§w&md5=§H - n
User-Agent: AutoUpdate(HisClient)",
    r"POST /queue/led text/plain n
User-Agent: LEDPlayer/5

<§n>!#001%ZI01%ZA01%C1请 §p 到 §k §n 号诊室就诊%F3$$",
    r"POST /interface.ashx text/plain;charset=utf-8 n
User-Agent: VB6 WinHttp

TRANS=QUERYBALANCE|CARDNO=§i|OPER=§w|WINDOW=0§n|MEMO=§1|CRC=§h",
    r#"POST /BankPos/sale json p

{"in":"0100000000§m §i             §D§j   §l","lrc":"\u0003k","ret":«§2»}"#,
    r"POST /rdlc/query xml p

<Query><Name>住院费用清单</Name><Where>«a.inpatient_no = '§i' and a.fee_date >= '§d'»</Where><Memo>«§1»</Memo></Query>",
    r"PUT /cs/config/PC-§n application/ini p

[Printer]
Name=\\192.0.2.31\ZebraGK888t
Label=^XA^FO50,50^A@N,30,30,E:SIMSUN.FNT^FD§p §n床^FS^XZ
[Card]
Cmd=00A404000E§h
[Note]
Text=§1",
    r"POST /remoting/DataPortal.rem application/octet-stream n
User-Agent: Mozilla/4.0+(compatible; MSIE 6.0; Windows 6.1.7601.65536; MS .NET Remoting; MS .NET CLR 2.0.50727.5485 )

§h§h§1§T",
    r"GET /barcode.aspx?type=128&text=%C3%8C§i%C2%A0*&w=2&label=«§p(§n床) 血常规/紫» - n
User-Agent: Delphi/XE8 (TNetHTTPClient)",
    r#"POST /sync/cds application/x-www-form-urlencoded n
User-Agent: Mozilla/3.0 (compatible; Indy Library)

table=ZY_BRXX&keys=ZYH%3D§i&delta=«{"BZ":["","§2"],"CWH":["§n","§n+"]}»&ts=§s"#,
    r#"POST /voice/call.php form p

text=«请,§p,到,<break time="500ms"/>§k,就诊»&room=§n&repeat=2&vol=%2B10"#,
    r"POST /card/read?reader=COM3%3A9600%2CN%2C8%2C1 application/x-www-form-urlencoded p

atr=3B6D000000§h&apdu=00B0950A&data=§H&name=«§p»&err=«§2»",
];
