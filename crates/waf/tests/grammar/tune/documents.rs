//! Honest requests that carry medical documents and office files: FHIR, DICOMweb, CDA, uploads, formulas.

use super::super::benign::{BenignGrammar, grammar};
use super::super::codec;
use super::super::rng::Rng;
use super::super::wire::{FORM, JSON, Part, Wire, multipart};
use super::super::words::{self, DIAGNOSES, DRUGS, LABS};
use super::sentences;

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("fhir", 70, fhir),
    grammar("dicomweb", 60, dicomweb),
    grammar("cda-documents", 45, cda),
    grammar("file-uploads", 55, file_upload),
    grammar("formulas", 45, formula),
    grammar("utf16-bodies", 35, utf16),
];

fn observation(rng: &mut Rng) -> String {
    let (code, name, unit, range, value) = rng.pick(LABS);
    format!(
        "{{\"resourceType\":\"Observation\",\"id\":\"{}\",\"status\":\"final\",\"code\":{{\"coding\":[{{\"system\":\"http://loinc.org\",\"code\":\"{}-{}\",\"display\":{}}}],\"text\":{}}},\"subject\":{{\"reference\":\"Patient/{}\",\"display\":{}}},\"effectiveDateTime\":\"{}T08:30:00+08:00\",\"valueQuantity\":{{\"value\":{}.{},\"comparator\":\"{}\",\"unit\":{}}},\"referenceRange\":[{{\"text\":{}}}],\"note\":[{{\"text\":{}}}],\"interpretation\":[{{\"text\":{}}}]}}",
        rng.uuid(),
        rng.digits(4),
        rng.below(9),
        codec::json(code),
        codec::json(name),
        rng.digits(6),
        codec::json(words::person(rng)),
        words::date(rng),
        rng.below(200),
        rng.below(10),
        rng.pick(&["<", "<=", ">", ">="]),
        codec::json(unit),
        codec::json(range),
        codec::json(sentences::remark(rng)),
        codec::json(value),
    )
}

fn patient(rng: &mut Rng) -> String {
    format!(
        "{{\"resourceType\":\"Patient\",\"text\":{{\"status\":\"generated\",\"div\":\"<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\"><table><tr><td>姓名</td><td>{}</td></tr></table><p>WBC &lt; 4.0</p></div>\"}},\"identifier\":[{{\"system\":\"urn:oid:2.16.156.10011\",\"value\":\"{}\"}}],\"name\":[{{\"use\":\"official\",\"text\":{},\"family\":{}}}],\"telecom\":[{{\"system\":\"phone\",\"value\":\"{}\"}}],\"gender\":\"female\",\"birthDate\":\"1990-03-07\",\"address\":[{{\"text\":{},\"line\":[\"建国路88号\",\"#12 & 13\"]}}],\"photo\":[{{\"contentType\":\"image/jpeg\",\"data\":\"{}\"}}],\"extension\":[{{\"url\":\"http://hl7.org/fhir/StructureDefinition/patient-birthPlace\",\"valueString\":\"北京\"}}]}}",
        words::person(rng).replace('"', ""),
        words::identity_number(rng),
        codec::json(words::person(rng)),
        codec::json(rng.pick(&["王", "O'Brien", "D'Angelo-Smith"])),
        words::phone(rng),
        codec::json(words::address(rng)),
        codec::base64(words::jpeg(rng, 150)),
    )
}

fn fhir(rng: &mut Rng) -> Vec<u8> {
    let kind = "application/fhir+json; charset=utf-8";
    let date = words::date(rng);
    match rng.below(9) {
        0 => Wire::post("/fhir/Observation", kind, observation(rng)),
        1 => Wire::new("PUT", format!("/fhir/Patient/{}", rng.digits(6))).body(kind, patient(rng)).header("If-Match", "W/\"3\""),
        2 => {
            let body = format!("{{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{{\"fullUrl\":\"urn:uuid:{}\",\"resource\":{},\"request\":{{\"method\":\"POST\",\"url\":\"Patient\",\"ifNoneExist\":\"identifier=http://his.example|{}\"}}}},{{\"resource\":{},\"request\":{{\"method\":\"PUT\",\"url\":\"Observation?code=a&date=lt{date}\"}}}}]}}", rng.uuid(), patient(rng), rng.digits(8), observation(rng));
            Wire::post("/fhir", kind, body)
        }
        3 => Wire::get(format!("/fhir/Observation?code=http://loinc.org|{}-7&date=ge{date}&date=lt2027-01-01&value-quantity=gt5.4|http://unitsofmeasure.org|mg&_sort=-date&_count=50&_include=Observation:subject", rng.digits(4))),
        4 => Wire::get(format!("/fhir/Patient?name:contains={}&_has:Observation:patient:code={}-8&_filter={}&_elements=id,name", codec::percent(words::person(rng)), rng.digits(4), codec::percent(format!("birthdate ge {date} and (name co \"王\" or gender eq female)")))),
        5 => Wire::post("/fhir/Patient/_search", FORM, format!("name={}&address-city={}&birthdate=lt{date}&_format=json", codec::form(words::person(rng)), codec::form("北京"))),
        6 => Wire::new("PATCH", format!("/fhir/Patient/{}", rng.digits(6))).body("application/json-patch+json", format!("[{{\"op\":\"test\",\"path\":\"/active\",\"value\":true}},{{\"op\":\"replace\",\"path\":\"/name/0/text\",\"value\":{}}},{{\"op\":\"remove\",\"path\":\"/photo\"}}]", codec::json(words::person(rng)))),
        7 => Wire::post(format!("/fhir/Patient/{}/$everything?start={date}", rng.digits(6)), kind, format!("{{\"resourceType\":\"Parameters\",\"parameter\":[{{\"name\":\"expr\",\"valueString\":{}}}]}}", codec::json(rng.pick(&["Patient.name.where(use = 'official').given.first()", "Observation.value > 5 'mg'", "iif(%resource.status = 'final', 1, 0)"])))),
        _ => Wire::post("/cds-services/drug-check", JSON, format!("{{\"hook\":\"order-select\",\"hookInstance\":\"{}\",\"context\":{{\"userId\":\"Practitioner/{}\",\"selections\":[\"MedicationRequest/a\"]}},\"prefetch\":{{\"p\":{}}}}}", rng.uuid(), rng.digits(4), patient(rng))),
    }
    .header("Accept", "application/fhir+json")
    .program(rng.pick(&["HAPI-FHIR/6.8.0 (FHIR Client; FHIR 4.0.1/R4; apache)", "fhirclient/4.1.0", "SMART-on-FHIR/2.0", "okhttp/4.11.0"]))
    .finish(rng)
}

/// A DICOM file: preamble, magic, a few explicit elements and pixels.
fn dicom(rng: &mut Rng) -> Vec<u8> {
    let mut file = vec![0; 128];
    file.extend_from_slice(b"DICM");
    let mut element = |group: u16, number: u16, kind: &[u8; 2], value: &str| {
        let mut bytes = value.as_bytes().to_vec();
        if bytes.len() % 2 == 1 {
            bytes.push(b' ');
        }
        file.extend_from_slice(&group.to_le_bytes());
        file.extend_from_slice(&number.to_le_bytes());
        file.extend_from_slice(kind);
        file.extend_from_slice(&(bytes.len() as u16).to_le_bytes());
        file.extend_from_slice(&bytes);
    };
    element(0x0002, 0x0010, b"UI", "1.2.840.10008.1.2.1\0");
    element(0x0008, 0x0005, b"CS", "ISO_IR 192");
    element(0x0008, 0x0018, b"UI", &words::dicom_uid(rng));
    element(0x0008, 0x1030, b"LO", sentences::sentence(rng));
    element(0x0010, 0x0010, b"PN", &format!("Wang^XiaoMing={}", words::person(rng)));
    element(0x0020, 0x4000, b"LT", &sentences::remark(rng));
    let size = rng.between(100, 1500);
    file.extend_from_slice(b"\xe0\x7f\x10\x00OW\x00\x00");
    file.extend_from_slice(&(size as u32).to_le_bytes());
    file.extend(rng.bytes(size));
    file
}

fn dicomweb(rng: &mut Rng) -> Vec<u8> {
    let (study, series, instance) = (words::dicom_uid(rng), words::dicom_uid(rng), words::dicom_uid(rng));
    let wire = match rng.below(7) {
        0 | 1 => {
            let boundary = rng.hex(32);
            let mut body = Vec::new();
            for _ in 0..rng.between(1, 3) {
                body.extend_from_slice(format!("\r\n--{boundary}\r\nContent-Type: application/dicom\r\nContent-Location: /studies/{study}\r\n\r\n").as_bytes());
                body.extend(dicom(rng));
            }
            body.extend_from_slice(format!("\r\n--{boundary}--").as_bytes());
            Wire::post(
                "/dicom-web/studies",
                &format!("multipart/related; type=\"application/dicom\"; boundary={boundary}"),
                body,
            )
        }
        2 => {
            let boundary = rng.hex(16);
            let body = format!(
                "--{boundary}\r\nContent-Type: application/dicom+json\r\n\r\n[{{\"00080005\":{{\"vr\":\"CS\",\"Value\":[\"ISO_IR 192\"]}},\"00100010\":{{\"vr\":\"PN\",\"Value\":[{{\"Alphabetic\":\"Wang^San\",\"Ideographic\":{}}}]}},\"00081030\":{{\"vr\":\"LO\",\"Value\":[{}]}},\"7FE00010\":{{\"vr\":\"OW\",\"BulkDataURI\":\"../bulk/1\"}}}}]\r\n--{boundary}--\r\n",
                codec::json(words::person(rng)),
                codec::json(sentences::sentence(rng))
            );
            Wire::post(
                format!("/dicom-web/studies/{study}"),
                &format!("multipart/related; type=\"application/dicom+json\"; boundary={boundary}"),
                body,
            )
        }
        3 => Wire::get(format!(
            "/dicom-web/studies?PatientName={}&StudyDate=20260101-20261120&ModalitiesInStudy=CT\\MR&includefield=00081030,00080060&fuzzymatching=true&limit=101&offset=0",
            codec::percent(rng.pick(&["王*", "ZHANG^SAN*", "*O'Brien*", "李?明"]))
        )),
        4 => Wire::get(format!("/dicom-web/studies/{study}/series/{series}/instances/{instance}/frames/1,2,3"))
            .header("Accept", "multipart/related; type=\"application/octet-stream\"; transfer-syntax=*"),
        5 => Wire::get(format!(
            "/wado?requestType=WADO&studyUID={study}&seriesUID={series}&objectUID={instance}&contentType=image%2Fjpeg&windowCenter=-600&windowWidth=1500&annotation=patient,technique"
        )),
        _ => Wire::post(
            "/ohif/viewer/log",
            JSON,
            format!(
                "{{\"StudyInstanceUIDs\":[\"{study}\"],\"hangingProtocolId\":\"@ohif/mpr\",\"cmd\":\"setWindowLevel\",\"w\":\"<40>\",\"text\":{}}}",
                codec::json(sentences::sentence(rng))
            ),
        ),
    };
    if rng.chance(50) {
        wire.program(rng.pick(&["dcm4che STOW-RS client", "python-requests/2.31.0", "Horos/4.0"]))
    } else {
        wire.desktop(rng)
    }
    .finish(rng)
}

/// CDA documents and cross-enterprise sharing (XDS.b with MTOM).
fn cda(rng: &mut Rng) -> Vec<u8> {
    let (code, name, unit, range, value) = rng.pick(LABS);
    let document = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<?xml-stylesheet type=\"text/xsl\" href=\"CDA.xsl\"?>\n<ClinicalDocument xmlns=\"urn:hl7-org:v3\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"urn:hl7-org:v3 ../sdschemas/SDA.xsd\"><realmCode code=\"CN\"/><typeId root=\"2.16.840.1.113883.1.3\" extension=\"POCD_MT000040\"/><id root=\"2.16.156.10011.1.1\" extension=\"RN{}\"/><title>{}</title><recordTarget><patientRole><addr use=\"H\"><streetName>{}</streetName></addr><telecom value=\"tel:{}\"/><patient><name>{}</name></patient></patientRole></recordTarget><component><structuredBody><section><text><table><tr><td>{name}</td><td>{}</td></tr></table><content styleCode=\"Bold\">{}</content></text><entry><observation classCode=\"OBS\" moodCode=\"EVN\"><code code=\"{code}\" displayName=\"{name}\"/><value xsi:type=\"PQ\" value=\"5.2\" unit=\"{unit}\"/><referenceRange><text>{}</text></referenceRange></observation></entry></section></structuredBody></component></ClinicalDocument>",
        rng.digits(10),
        rng.pick(&["检验报告", "出院小结", "病历概要 & 医嘱"]).replace('&', "&amp;"),
        codec::xml(&words::address(rng)),
        words::phone(rng),
        codec::xml(&words::person(rng)),
        codec::xml(value),
        codec::xml(&sentences::remark(rng)),
        codec::xml(range)
    );
    match rng.below(3) {
        0 => Wire::post("/platform/document/register", "application/xml", document),
        1 => {
            let boundary = format!("MIMEBoundary_{}", rng.hex(32));
            let soap = format!("<soapenv:Envelope xmlns:soapenv=\"http://www.w3.org/2003/05/soap-envelope\"><soapenv:Header xmlns:wsa=\"http://www.w3.org/2005/08/addressing\"><wsa:Action>urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b</wsa:Action></soapenv:Header><soapenv:Body><xdsb:Document xmlns:xdsb=\"urn:ihe:iti:xds-b:2007\" id=\"Document01\"><xop:Include href=\"cid:1.{}\" xmlns:xop=\"http://www.w3.org/2004/08/xop/include\"/></xdsb:Document></soapenv:Body></soapenv:Envelope>", rng.hex(20));
            let body = format!("--{boundary}\r\nContent-Type: application/xop+xml; charset=UTF-8; type=\"application/soap+xml\"\r\nContent-ID: <0.a@his.example>\r\n\r\n{soap}\r\n--{boundary}\r\nContent-Type: text/xml\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <1.a@his.example>\r\n\r\n{document}\r\n--{boundary}--\r\n");
            Wire::post("/xdsrepository", &format!("multipart/related; boundary=\"{boundary}\"; type=\"application/xop+xml\"; start=\"<0.a@his.example>\"; start-info=\"application/soap+xml\""), body)
        }
        _ => Wire::post("/mt/upload", JSON, format!("{{\"docType\":\"C0009\",\"doc\":\"{}\",\"md5\":\"{}\"}}", codec::base64(document), rng.hex(32))),
    }
    .program("Apache-HttpClient/4.5.14 (Java/17.0.6)")
    .finish(rng)
}

/// Uploads with the names that people give their files.
fn file_upload(rng: &mut Rng) -> Vec<u8> {
    let person = words::person(rng);
    let name = match rng.below(14) {
        0 => format!("{person}的体检报告(2026-11).pdf"),
        1 => "C:\\fakepath\\IMG_2031.JPG".to_owned(),
        2 => "会议纪要 v1.2.final(1).docx".to_owned(),
        3 => "a&b;c,d'e.xlsx".to_owned(),
        4 => format!("微信图片_2026{}.png", rng.digits(10)),
        5 => "[扫描件] 转诊单...pdf".to_owned(),
        6 => "archive.tar.gz".to_owned(),
        7 => format!("{}.dcm", words::dicom_uid(rng)),
        8 => "设备清单.2026.sql数据字典.xls".to_owned(),
        9 => "=?UTF-8?B?5oql5ZGK?=.pdf".to_owned(),
        10 => "%E6%8A%A5%E5%91%8A.pdf".to_owned(),
        11 => "接口文档(php版).pdf".to_owned(),
        12 => "录音 2026-11-20 08.30.m4a".to_owned(),
        _ => "O'Brien <x-ray> 50%.jpeg".to_owned(),
    };
    let size = rng.between(200, 5000);
    let noise = rng.bytes(size);
    let (kind, content) = match rng.below(6) {
        0 => ("application/pdf", [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/Catalog/Pages 2 0 R/OpenAction[3 0 R/FitH null]>>\nendobj\n2 0 obj\n<</Filter/FlateDecode/Length 900>>stream\n".as_slice(), &noise, b"\nendstream\nendobj\nxref\n0 3\ntrailer\n<</Root 1 0 R>>\n%%EOF\n"].concat()),
        1 => ("image/jpeg", words::jpeg(rng, size)),
        2 => ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", [b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00[Content_Types].xml \xa2\x04\x02(\xa0\x00\x02".as_slice(), &noise, b"PK\x01\x02\x2d\x00word/document.xmlPK\x05\x06\x00\x00"].concat()),
        3 => ("application/dicom", dicom(rng)),
        4 => ("application/msword", [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".as_slice(), &noise, b"<\x00?\x00x\x00m\x00l\x00", &noise].concat()),
        _ => ("application/octet-stream", [b"\x1f\x8b\x08\x00".as_slice(), &noise].concat()),
    };
    let size = content.len().to_string();
    let parts = [
        Part::field("id", "WU_FILE_0"),
        Part::field("name", name.clone()),
        Part::field("lastModifiedDate", "Fri Nov 20 2026 08:30:00 GMT+0800 (中国标准时间)"),
        Part::field("size", size),
        Part::field("remark", sentences::sentence(rng)),
        Part::file(rng.pick(&["file", "upfile", "files[]", "Filedata", "multipartFile"]), &name, kind, content),
    ];
    let (content_type, body) = multipart(&parts, rng);
    let page = rng.pick(&[
        "/ueditor/controller?action=uploadimage&encode=utf-8",
        "/file/upload.do;jsessionid=8A3F",
        "/api/attachments",
        "/WebUploader/FileUpload.ashx",
        "/common/upload",
    ]);
    Wire::post(page, &content_type, body).desktop(rng).finish(rng)
}

/// Formulas, ranges and units in every notation that people use.
fn formula(rng: &mut Rng) -> Vec<u8> {
    let text = rng.pick(&[
        "eGFR = 175 × (Scr)^-1.154 × (Age)^-0.203 × (0.742 if female)",
        "\\frac{-b \\pm \\sqrt{b^2-4ac}}{2a} \\quad (a \\neq 0)",
        "0.5<=x<1.0; 1.0<=x<=2.5; x>2.5",
        "P(A|B) = P(B|A)*P(A)/P(B)",
        "H0: μ1=μ2; H1: μ1≠μ2 (α=0.05, t=2.31, p<0.05)",
        "{x | x > 0 && x < 1} ∪ {2}",
        "IF(AND(A1>=18,A1<65),\"成人\",IF(A1>=65,\"老年\",\"儿童\"))",
        "阴性(-) / 弱阳性(±) / 阳性(+~++++)",
        "f(x)=sin(x)/x, x->0; f'(0)=0; f''(x)<0",
        "TG>5.6 || LDL-C>=4.9 ? \"高危\" : \"低危\"",
        "[3.5,9.5) ∨ (9.5,+∞)",
        "\\begin{cases} 1 & x>0 \\\\ 0 & x\\le 0 \\end{cases}",
        "SUM(IF(B2:B9<>\"\",1/COUNTIF(B2:B9,B2:B9)))",
        "2H2O2 =MnO2= 2H2O + O2↑; Fe3+ + 3OH- --> Fe(OH)3↓",
        "t1/2 = ln(2)/k; C(t) = C0*exp(-k*t)",
        "A:B='1:2' AND C<>'-'",
        "BSA=0.0061×H+0.0128×W-0.1529 # 许文生公式",
    ]);
    let drug = rng.pick(DRUGS);
    let diagnosis = rng.pick(DIAGNOSES);
    let id = rng.below(9999);
    match rng.below(5) {
        0 => Wire::post(
            "/lis/rule/save",
            JSON,
            format!(
                "{{\"id\":{id},\"name\":{},\"expression\":{},\"enabled\":true}}",
                codec::json(diagnosis),
                codec::json(text)
            ),
        ),
        1 => Wire::post(
            "/report/formula",
            FORM,
            format!("id={id}&formula={}&drug={}", codec::form(text), codec::form(drug)),
        ),
        2 => Wire::get(format!("/render?tex={}&id={id}", codec::percent(text))),
        3 => Wire::post(
            "/exam/answer",
            JSON,
            format!(
                "{{\"q\":{id},\"answer\":[{},{}],\"used\":{}}}",
                codec::json(text),
                codec::json(drug),
                rng.below(600)
            ),
        ),
        _ => {
            let (kind, body) = multipart(
                &[
                    Part::field("ruleId", id.to_string()),
                    Part::field("lowExpr", text),
                    Part::field("desc", sentences::remark(rng)),
                ],
                rng,
            );
            Wire::post("/critical/rule", &kind, body)
        }
    }
    .desktop(rng)
    .finish(rng)
}

/// Old Windows programs send UTF-16.
fn utf16(rng: &mut Rng) -> Vec<u8> {
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"utf-16\"?>\r\n<Report><Patient>{}</Patient><Remark>{}</Remark><No>{}</No></Report>",
        codec::xml(&words::person(rng)),
        codec::xml(&sentences::remark(rng)),
        rng.digits(8)
    );
    let json = format!(
        "{{\"name\":{},\"remark\":{},\"no\":{}}}",
        codec::json(words::person(rng)),
        codec::json(sentences::remark(rng)),
        rng.below(9_999_999)
    );
    match rng.below(4) {
        0 => Wire::post("/interface/report", "text/xml; charset=utf-16", codec::utf16_le(&text)),
        1 => Wire::post("/interface/report", "application/xml; charset=UTF-16BE", codec::utf16_be(&text)),
        2 => Wire::post("/api/save", "application/json; charset=utf-16", codec::utf16_le(&json)),
        _ => Wire::post(
            "/log/text",
            "text/plain; charset=utf-16le",
            codec::utf16_le(&sentences::remark(rng).replace('\n', "\r\n")),
        ),
    }
    .program(rng.pick(&["WinHTTP Example/1.0", "Delphi IdHTTP/10.6", "PowerBuilder"]))
    .finish(rng)
}
