-- The invented hospital. Names are those of herbs, numbers cannot exist (mobile numbers beginning with 100).
CREATE TABLE department (id INTEGER PRIMARY KEY, name TEXT, floor TEXT, intro TEXT);
INSERT INTO department VALUES
 (1,'心血管内科','门诊楼 3 层 A 区','诊治高血压、冠心病、心律失常与心力衰竭，设胸痛中心与心脏康复门诊。'),
 (2,'呼吸与危重症医学科','门诊楼 3 层 B 区','诊治慢阻肺、哮喘、肺结节与肺部感染，肺功能检查当日出报告。'),
 (3,'消化内科','门诊楼 4 层 A 区','开展无痛胃肠镜、幽门螺杆菌检测与早癌筛查。'),
 (4,'内分泌科','门诊楼 4 层 B 区','糖尿病、甲状腺与骨代谢疾病的诊断与长期管理。'),
 (5,'儿科','儿科楼 1–2 层','儿童呼吸、消化、生长发育门诊，周末无休。'),
 (6,'骨科','外科楼 2 层','关节、脊柱与运动损伤，日间手术当日出院。'),
 (7,'眼科','门诊楼 5 层','白内障、青光眼、近视防控与眼底病。'),
 (8,'中医科','门诊楼 2 层 C 区','针灸、推拿与膏方，冬病夏治三伏贴。'),
 (9,'健康管理中心','体检楼 1–3 层','个人与团体体检、报告解读与慢病随访。');

CREATE TABLE doctor (id INTEGER PRIMARY KEY, department TEXT, name TEXT, title TEXT, skill TEXT, fee_cents INTEGER, listed INTEGER);
INSERT INTO doctor VALUES
 (1,'心血管内科','杜仲明','主任医师','冠心病介入、难治性高血压',5000,1),
 (2,'心血管内科','苏叶青','副主任医师','心律失常、射频消融',3000,1),
 (3,'呼吸与危重症医学科','程半夏','主任医师','肺结节、慢阻肺',5000,1),
 (4,'消化内科','白术生','副主任医师','早期胃癌内镜治疗',3000,1),
 (5,'内分泌科','云苓','主任医师','糖尿病足、甲状腺结节',5000,1),
 (6,'儿科','麦冬儿','主治医师','儿童哮喘、过敏',2000,1),
 (7,'骨科','石斛','主任医师','人工关节置换、O''Brien 试验与肩袖损伤',5000,1),
 (8,'眼科','谷精','副主任医师','白内障超声乳化',3000,1),
 (9,'中医科','黄芪言','主任中医师','脾胃病、膏方',5000,1),
 (10,'健康管理中心','决明','主治医师','体检报告解读',1000,1),
 (11,'心血管内科','未公开医师','特需专家','内部排班，不对外公布',90000,0);

CREATE TABLE slot (doctor_id INTEGER, day TEXT, period TEXT, open INTEGER);
INSERT INTO slot SELECT id, day, period, 2 + (id * 7 + CAST(substr(day, 10) AS INTEGER) * 5 + (period = '下午') * 4) % 11 FROM doctor,
 (SELECT '2026-03-02' AS day UNION ALL SELECT '2026-03-03' UNION ALL SELECT '2026-03-04' UNION ALL SELECT '2026-03-05' UNION ALL SELECT '2026-03-06'),
 (SELECT '上午' AS period UNION ALL SELECT '下午') WHERE listed = 1;

CREATE TABLE member (id INTEGER PRIMARY KEY, session TEXT, login TEXT, password TEXT, name TEXT, card TEXT, mobile TEXT, balance_cents INTEGER);
INSERT INTO member VALUES
 (1,'s-7c1e0a55','linxiaoman','spring-2026','林小满','MZ100001','10000000001',12800),
 (2,'s-51b2f9d0','hebailu','white-dew-08','何白露','MZ100002','10000000002',35600),
 (3,'s-0d94ae37','obrien','clover&harp','O''Brien Sean','MZ100003','10000000003',500),
 (4,'s-e3a86b12','guyu','rain4grain','顾谷雨','MZ100004','10000000004',9900),
 (5,'s-2f60c7d8','guest','guest','访客','MZ100005','10000000005',0);

CREATE TABLE staff_account (id INTEGER PRIMARY KEY, login TEXT, password_hash TEXT, note TEXT);
INSERT INTO staff_account VALUES
 (1,'his_admin','DEMO-HASH-9b1f6c','演示数据：院内系统管理员'),
 (2,'lis_sync','DEMO-HASH-07ad42','演示数据：检验接口账号');

CREATE TABLE report (no TEXT, card TEXT, name TEXT, item TEXT, value TEXT, unit TEXT, reference TEXT, flag TEXT, day TEXT);
INSERT INTO report VALUES
 ('R26030001','MZ100001','林小满','白细胞计数','6.2','10^9/L','3.5 – 9.5','','2026-02-25'),
 ('R26030001','MZ100001','林小满','血红蛋白','128','g/L','115 – 150','','2026-02-25'),
 ('R26030001','MZ100001','林小满','C 反应蛋白','11.4','mg/L','< 8','↑','2026-02-25'),
 ('R26030002','MZ100002','何白露','空腹血糖','5.1','mmol/L','3.9 – 6.1','','2026-02-26'),
 ('R26030002','MZ100002','何白露','糖化血红蛋白','5.6','%','< 6.5','','2026-02-26'),
 ('R26030003','MZ100003','O''Brien Sean','尿酸','402','μmol/L','< 420','','2026-02-26'),
 ('R26030004','MZ100004','顾谷雨','肌钙蛋白 I','< 0.01','ng/mL','< 0.04','','2026-02-27'),
 ('R26030004','MZ100004','顾谷雨','D-二聚体','0.31','mg/L FEU','< 0.50','','2026-02-27'),
 ('R26039999','VIP00001','（受限档案）','保密检验项目','机密','','','!','2026-02-28');

CREATE TABLE appointment (no TEXT PRIMARY KEY, card TEXT, doctor_id INTEGER, day TEXT, period TEXT, state TEXT);
INSERT INTO appointment VALUES
 ('A26030001','MZ100001',1,'2026-03-02','上午','已预约'),
 ('A26030002','MZ100002',5,'2026-03-03','下午','已预约'),
 ('A26030003','MZ100003',7,'2026-03-04','上午','已预约'),
 ('A26030004','MZ100004',3,'2026-03-05','上午','已就诊');

CREATE TABLE notice (id INTEGER PRIMARY KEY, day TEXT, title TEXT, body TEXT);
INSERT INTO notice VALUES
 (1,'2026-02-27','三月专家门诊安排','三月起周六上午增开心血管内科、儿科专家门诊，请提前预约，过时号源自动释放。'),
 (2,'2026-02-24','检验报告可在线查询','凭就诊卡号和姓名即可查询近一年的检验报告；危急值由科室电话通知，请保持手机畅通。'),
 (3,'2026-02-20','医保电子凭证就诊指引','挂号、缴费、取药均可使用医保电子凭证；R&D 病房楼施工期间请由东门进入。'),
 (4,'2026-02-16','体检须知','体检前一日 20:00 后禁食；空腹血糖参考值 3.9–6.1 mmol/L，C 反应蛋白 < 8 mg/L。');

CREATE TABLE feedback (id TEXT PRIMARY KEY, name TEXT, title TEXT, content TEXT, reply TEXT);
INSERT INTO feedback VALUES
 ('f0000001','何白露','取药窗口建议','周一上午取药排队较长，能否增开一个窗口？','感谢建议，周一、周二上午已增开 6 号窗口。'),
 ('f0000002','顾谷雨','表扬护士站','儿科二楼护士站耐心细致，特此感谢！','您的肯定已转达科室。'),
 ('f0000003','林小满','停车','东门停车场指示牌不清楚。','已请后勤增设指示牌。');

CREATE TABLE visit (agent TEXT, label TEXT);
INSERT INTO visit VALUES ('MicroMessenger','微信服务号'),('HIS-Bridge/3.2','院内接口'),('Kiosk/1.8','自助机');
