CREATE TABLE ho_gia_dinh (
    ma_ho VARCHAR PRIMARY KEY,
    cccd_chu_ho VARCHAR,
    dia_chi VARCHAR,
    ma_xa VARCHAR,
    so_nhan_khau INTEGER
);
CREATE TABLE cong_dan (
    so_cccd VARCHAR PRIMARY KEY,
    ho_ten VARCHAR,
    ngay_sinh DATE,
    gioi_tinh VARCHAR,
    dan_toc VARCHAR,
    ton_giao VARCHAR,
    que_quan VARCHAR,
    dia_chi_thuong_tru VARCHAR,
    ma_xa VARCHAR,
    ma_tinh VARCHAR,
    so_dien_thoai VARCHAR,
    email VARCHAR,
    tinh_trang_hon_nhan VARCHAR,
    nhom_mau VARCHAR,
    ma_ho VARCHAR REFERENCES ho_gia_dinh (ma_ho),
    ngay_cap_nhat TIMESTAMP
);
CREATE TABLE ho_so_mot_cua (
    ma_ho_so VARCHAR PRIMARY KEY,
    so_cccd VARCHAR,
    ma_thu_tuc VARCHAR,
    ngay_tiep_nhan DATE,
    ma_xa VARCHAR,
    ma_tinh VARCHAR,
    can_bo_xu_ly VARCHAR
);
COMMENT ON TABLE ho_gia_dinh IS 'Hộ gia đình theo nơi đăng ký thường trú';
COMMENT ON COLUMN ho_gia_dinh.ma_ho IS 'Số hồ sơ cư trú của hộ';
COMMENT ON COLUMN ho_gia_dinh.cccd_chu_ho IS 'Số định danh cá nhân của chủ hộ';
COMMENT ON TABLE cong_dan IS 'Thông tin công dân (dữ liệu mẫu, không phải người thật)';
COMMENT ON COLUMN cong_dan.so_cccd IS 'Số định danh cá nhân (12 chữ số)';
COMMENT ON COLUMN cong_dan.ho_ten IS 'Họ, chữ đệm và tên khai sinh';
COMMENT ON COLUMN cong_dan.ton_giao IS 'Tôn giáo';
COMMENT ON COLUMN cong_dan.que_quan IS 'Quê quán';
COMMENT ON COLUMN cong_dan.dia_chi_thuong_tru IS 'Nơi thường trú';
COMMENT ON COLUMN cong_dan.ma_xa IS 'Mã đơn vị hành chính cấp xã';
COMMENT ON COLUMN cong_dan.ma_tinh IS 'Mã đơn vị hành chính cấp tỉnh';
COMMENT ON COLUMN cong_dan.nhom_mau IS 'Nhóm máu';
COMMENT ON TABLE ho_so_mot_cua IS 'Hồ sơ đang giải quyết, và tài khoản được giao';
COMMENT ON COLUMN ho_so_mot_cua.ma_ho_so IS 'Mã hồ sơ thủ tục hành chính';
COMMENT ON COLUMN ho_so_mot_cua.so_cccd IS 'Số định danh cá nhân của người nộp';
COMMENT ON COLUMN ho_so_mot_cua.can_bo_xu_ly IS 'Tài khoản được giao giải quyết'
